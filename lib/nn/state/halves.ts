/** Writing numbers of 16 bits, rounded to the nearest, ties to an even last bit. `dtypes.ts` reads them. */

/** Formats in which float32 numbers may be saved. */
export type FloatFormat = "f32" | "f16" | "bf16";

/** `q`, or one more where what was cut off is more than half of a last bit, or half of one and q odd. Carries run into the exponent. */
const rounded = (q: number, rest: number, half: number): number =>
  rest > half || (rest === half && q % 2 === 1) ? q + 1 : q;

/** A sign, 5 bits of exponent, 10 of fraction, from the bits of a float32. */
function float16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112; // 127 is 1 in the wide format, 15 in the narrow one
  const fraction = bits & 0x7fffff;
  if (exponent === 143) return sign | 0x7c00 | (fraction && 0x200 | (fraction >>> 13)); // Infinity, NaN
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent > 0) return sign | rounded((exponent << 10) | (fraction >>> 13), fraction & 0x1fff, 0x1000);
  if (exponent < -10) return sign;
  const shift = 14 - exponent; // too small for an exponent: the leading 1 is written out
  const whole = fraction | 0x800000;
  return sign | rounded(whole >>> shift, whole & (2 ** shift - 1), 2 ** (shift - 1));
}

/** The upper half of a float32. */
function bfloat16(bits: number): number {
  const isNaN = (bits & 0x7fffffff) > 0x7f800000;
  return isNaN ? (bits >>> 16) | 0x40 : rounded(bits >>> 16, bits & 0xffff, 0x8000);
}

const formats = {
  f16: { narrow: float16, infinite: 0x7c00, largest: "65504" },
  bf16: { narrow: bfloat16, infinite: 0x7f80, largest: "3.39e38" },
};

/** The bytes of these numbers in 16 bits each. @param fail says what is wrong with a number that would become infinite */
export function inHalves(
  numbers: Float32Array,
  format: keyof typeof formats,
  fail: (sentence: string) => never,
): Uint8Array {
  const { narrow, infinite, largest } = formats[format];
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  const halves = new Uint16Array(numbers.length);
  for (let i = 0; i < bits.length; i++) halves[i] = narrow(bits[i]);
  const at = halves.findIndex((half, i) => (half & 0x7fff) === infinite && Number.isFinite(numbers[i]));
  if (at >= 0) fail(`holds ${numbers[at]}, and the largest number of ${format} is ${largest}`);
  return new Uint8Array(halves.buffer);
}
