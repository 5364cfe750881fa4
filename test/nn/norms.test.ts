import { describe, expect, test } from "vitest";
import { LayerNorm, RMSNorm, SinusoidalPositions, sinusoidal, tensor, zeros } from "../../lib/index.js";

describe("norms", () => {
  test("have the eps of PyTorch's LayerNorm and of Llama's RMSNorm by default", () => {
    expect([new LayerNorm(2).eps, new RMSNorm(2).eps]).toEqual([1e-5, 1e-6]);
    // It shows where a row hardly spreads: x / √(x² + eps).
    const x = 1e-3;
    expect(new RMSNorm(1).forward(tensor([[x]])).item()).toBeCloseTo(x / Math.sqrt(x * x + 1e-6), 5);
    expect(new LayerNorm(2).forward(tensor([[x, -x]])).toTypedArray()[0]).toBeCloseTo(x / Math.sqrt(x * x + 1e-5), 5);
  });

  test("take it, and the bias, as options", () => {
    expect(new LayerNorm(2, { eps: 1 }).forward(tensor([[1, -1]])).toTypedArray()[0]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(new RMSNorm(2, { eps: 1 }).forward(tensor([[1, -1]])).toTypedArray()[0]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(new LayerNorm(2, { bias: false, eps: 0.5 })).toMatchObject({ bias: null, eps: 0.5 });
    expect(new LayerNorm(2, { eps: 0.5 }).bias?.shape).toEqual([2]);
  });

  test.each([-5, NaN, Infinity, -1e-9])("refuse the eps %d", (eps) => {
    expect(() => new LayerNorm(2, { eps })).toThrow(`LayerNorm: eps must be a number from 0, got ${eps}`);
    expect(() => new RMSNorm(2, { eps })).toThrow(`RMSNorm: eps must be a number from 0, got ${eps}`);
  });
});

test("sinusoidal positions take theta as an option", () => {
  const x = zeros([1, 3, 4]);
  const y = new SinusoidalPositions(4, { theta: 50 }).forward(x);
  expect(y.toArray()).toEqual([sinusoidal(3, 4, { theta: 50 }).toArray()]);
  expect(new SinusoidalPositions(4).forward(x).toArray()).toEqual([sinusoidal(3, 4, { theta: 10_000 }).toArray()]);
  expect(() => new SinusoidalPositions(4, { theta: 0 })).toThrow("SinusoidalPositions: theta must be a number above 0");
});
