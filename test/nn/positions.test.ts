import { describe, expect, test } from "vitest";
import {
  concat,
  Generator,
  gradcheck,
  LearnedPositions,
  matmul,
  randn,
  RotaryPositions,
  sinusoidal,
  SinusoidalPositions,
  slice,
  type Tensor,
  transpose,
  zeros,
} from "../../lib/index.js";

const rng = new Generator(3);
type X = Tensor<[number, number, number]>;
const x: X = randn([2, 5, 8] as [number, number, number], rng);
const late = (y: Tensor): X => slice(y, 1, 3, 5) as X;

describe.each([
  ["learned", new LearnedPositions<number>(9, 8, { rng })],
  ["sinusoidal", new SinusoidalPositions<number>(8)],
])("%s positions", (_, positions) => {
  test("started later give the later rows, bit for bit", () => {
    expect(positions.forward(late(x), 3).toArray()).toEqual(late(positions.forward(x)).toArray());
  });
});

test("learned positions have a last one, and gradients", () => {
  const positions = new LearnedPositions<number>(6, 8, { rng });
  expect(() => positions.forward(x, 2)).toThrow("positions 2 to 6 are outside the table, which has 0 to 5");
  expect(() => positions.forward(x, -1)).toThrow("positions -1 to 3 are outside the table, which has 0 to 5");
  gradcheck(() => positions.forward(x, 1), [positions.weight]);
});

test("sinusoidal positions are the paper's waves, and two of them have a product that depends on their distance alone", () => {
  const table = sinusoidal(40, 6);
  const [p, i] = [7, 2];
  expect(table.toTypedArray()[p * 6 + 2 * i]).toBeCloseTo(Math.sin(p / 10_000 ** ((2 * i) / 6)), 6);
  expect(table.toTypedArray()[p * 6 + 2 * i + 1]).toBeCloseTo(Math.cos(p / 10_000 ** ((2 * i) / 6)), 6);
  const products = matmul(table, transpose(table, 0, 1)).toArray() as number[][];
  for (let at = 0; at < 30; at++) expect(products[at][at + 9]).toBeCloseTo(products[0][9], 5);
  expect(new SinusoidalPositions(6).forward(zeros([1, 40, 6])).toTypedArray()).toEqual(table.toTypedArray());
});

test("rotary positions turn queries and keys so that their product depends on the distance alone", () => {
  const positions = new RotaryPositions({ theta: 100, layout: "interleaved" });
  const [q, k] = [slice(x, 1, 0, 1), slice(x, 1, 1, 2)];
  const product = (from: number, to: number): Tensor =>
    matmul(positions.forward(q, from), transpose(positions.forward(k, to), 1, 2));
  const near = product(0, 4).toTypedArray();
  product(31, 35)
    .toTypedArray()
    .forEach((value, i) => expect(value).toBeCloseTo(near[i], 4));
  expect(product(0, 5).toTypedArray()).not.toEqual(near);
  const y = positions.forward(x);
  expect(concat([positions.forward(slice(x, 1, 0, 3)), positions.forward(late(x), 3)], 1).toArray()).toEqual(
    y.toArray(),
  );
  expect(() => positions.forward(zeros([4]))).toThrow("rotary: x must be [..., T, K] with an even K, got [4]");
});
