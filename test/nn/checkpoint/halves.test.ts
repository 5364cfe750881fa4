import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inHalves } from "../../../lib/nn/state/halves.js";
import { decoders } from "../../../lib/format/dtypes.js";

const fail = (sentence: string): never => {
  throw new Error(sentence);
};
const numbersOf = (format: "f16" | "bf16", bits: Uint16Array): Float32Array => {
  const { make, read } = decoders[format.toUpperCase()];
  const numbers = make(bits.length) as Float32Array;
  read(bits.buffer as ArrayBuffer, numbers);
  return numbers;
};
const bitsOf = (format: "f16" | "bf16", ...numbers: number[]): Uint16Array =>
  new Uint16Array(inHalves(Float32Array.from(numbers), format, fail).buffer);

describe.each(["f16", "bf16"] as const)("%s", (format) => {
  const every = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

  test("all of its numbers come back bit for bit, and what is no number stays none", () => {
    const numbers = numbersOf(format, every);
    const back = new Uint16Array(inHalves(numbers, format, fail).buffer);
    const wrong = every.filter((bits) => !Number.isNaN(numbers[bits]) && back[bits] !== bits);
    expect(wrong).toEqual(new Uint16Array(0));
    const again = numbersOf(format, back);
    expect(numbers.findIndex((x, i) => Number.isNaN(x) !== Number.isNaN(again[i]))).toBe(-1);
  });

  test("others go to the nearest, and from the middle between two to the one whose last bit is 0", () => {
    const largest = format === "f16" ? 65504 : 3.3895313892515355e38;
    const infinite = format === "f16" ? 0x7c00 : 0x7f80;
    const inside = fc
      .oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.float({ min: -1, max: 1, noNaN: true }))
      .filter((x) => Math.abs(x) <= largest);
    fc.assert(
      fc.property(inside, (x) => {
        const [bits] = bitsOf(format, x);
        const [y] = numbersOf(format, Uint16Array.of(bits));
        const beside = [bits - 1, bits + 1].filter((b) => b >= 0 && (b & 0x7fff) < infinite && b < 65536);
        for (const z of numbersOf(format, Uint16Array.from(beside)))
          expect(Math.abs(x - y)).toBeLessThanOrEqual(Math.abs(x - z));
      }),
      { numRuns: 2000 },
    );
    for (const bits of [0, 1, 2, 3, 0x3c00, 0x3c01, infinite - 2]) {
      const [low, high] = numbersOf(format, Uint16Array.of(bits, bits + 1));
      expect([...bitsOf(format, (low + high) / 2, -(low + high) / 2)]).toEqual(
        [bits + (bits % 2), bits + (bits % 2)].map((b, i) => b + i * 0x8000),
      );
    }
  });

  test("a number that is too large is refused, and infinity is not", () => {
    expect(() => bitsOf(format, 1, 3.4e38)).toThrow(/^holds 3.39\d*e\+38, and the largest number of b?f16 is /);
    expect(numbersOf(format, bitsOf(format, Infinity, -Infinity))).toEqual(Float32Array.of(Infinity, -Infinity));
  });
});

test("by hand: 1, -2, 0.1, the smallest of f16, 65504 and what is nearer to it than to 65536", () => {
  expect([...bitsOf("f16", 1, -2, 0.1, 2 ** -24, 65504, 65519)]).toEqual([0x3c00, 0xc000, 0x2e66, 1, 0x7bff, 0x7bff]);
  expect(() => bitsOf("f16", 65520)).toThrow("holds 65520, and the largest number of f16 is 65504");
  expect([...bitsOf("bf16", 1, -2, 0.1)]).toEqual([0x3f80, 0xc000, 0x3dcd]);
});
