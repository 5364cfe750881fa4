/** The number formats of checkpoint files, each turned into one of the two that tensors have. */

export type Numbers = Float32Array | Int32Array;

export interface Decoder {
  /** Bytes of one number. */
  bytes: number;
  /** So many zeros, as the tensor will have them: float32 or int32. */
  make: (count: number) => Numbers;
  /** Fills `to` with the first numbers of the buffer; false where one does not fit into 32 bits. */
  read: (buffer: ArrayBuffer, to: Numbers) => boolean;
}

/** Half precision: a sign, 5 bits of exponent, 10 of fraction. */
function float16(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction
          ? NaN
          : Infinity
        : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits >> 15 ? -size : size;
}

/** All of them, once: looking a number up takes a tenth of the time of computing it. */
let halves: Float32Array | undefined;

function readHalves(buffer: ArrayBuffer, to: Numbers): void {
  halves ??= Float32Array.from({ length: 65536 }, (_, bits) => float16(bits));
  const bits = new Uint16Array(buffer, 0, to.length);
  for (let i = 0; i < bits.length; i++) to[i] = halves[bits[i]];
}

/** Each is the upper half of a float32. */
function readBfloats(buffer: ArrayBuffer, to: Numbers): void {
  const wide = new Uint32Array(to.buffer, to.byteOffset, to.length);
  const bits = new Uint16Array(buffer, 0, to.length);
  for (let i = 0; i < bits.length; i++) wide[i] = bits[i] << 16;
}

/** Integers of 64 bits, whose lower half comes first; the upper one holds nothing but the sign, or they do not fit. */
function read64(buffer: ArrayBuffer, to: Numbers, isSigned: boolean): boolean {
  const halves = new Int32Array(buffer, 0, 2 * to.length);
  for (let i = 0; i < to.length; i++) {
    const [low, high] = [halves[2 * i], halves[2 * i + 1]];
    if (high !== low >> 31 || (high < 0 && !isSigned)) return false;
    to[i] = low;
  }
  return true;
}

/** Unsigned integers of 32 bits. */
function readUnsigned(buffer: ArrayBuffer, to: Numbers): boolean {
  to.set(new Int32Array(buffer, 0, to.length));
  return to.every((value) => value >= 0);
}

type View = new (buffer: ArrayBuffer, from: number, length: number) => ArrayLike<number>;

const always =
  (read: (buffer: ArrayBuffer, to: Numbers) => void): Decoder["read"] =>
  (buffer, to) => {
    read(buffer, to);
    return true;
  };
const as = (View: View): Decoder["read"] => always((buffer, to) => to.set(new View(buffer, 0, to.length)));
// All empty tensors share their numbers: a file may have a million of them.
const [noFloats, noIntegers] = [new Float32Array(0), new Int32Array(0)];
const floats = (bytes: number, read: Decoder["read"]): Decoder => ({
  bytes,
  make: (n) => (n === 0 ? noFloats : new Float32Array(n)),
  read,
});
const integers = (bytes: number, read: Decoder["read"]): Decoder => ({
  bytes,
  make: (n) => (n === 0 ? noIntegers : new Int32Array(n)),
  read,
});

export const decoders: Readonly<Record<string, Decoder>> = {
  F64: floats(8, as(Float64Array)),
  F32: floats(4, as(Float32Array)),
  F16: floats(2, always(readHalves)),
  BF16: floats(2, always(readBfloats)),
  I64: integers(8, (buffer, to) => read64(buffer, to, true)),
  U64: integers(8, (buffer, to) => read64(buffer, to, false)),
  I32: integers(4, as(Int32Array)),
  U32: integers(4, readUnsigned),
  I16: integers(2, as(Int16Array)),
  U16: integers(2, as(Uint16Array)),
  I8: integers(1, as(Int8Array)),
  U8: integers(1, as(Uint8Array)),
  BOOL: integers(1, as(Uint8Array)),
};

/** Bytes of one number in formats of quantized and complex weights. Files that hold them can be opened and listed; their numbers
 *  mean nothing without scales that lie elsewhere, so none is read. */
export const unread: Readonly<Record<string, number>> = {
  ...{ F4: 1 / 2, F6_E2M3: 3 / 4, F6_E3M2: 3 / 4, F8_E8M0: 1, C64: 8 },
  ...{ F8_E4M3: 1, F8_E5M2: 1, F8_E4M3FNUZ: 1, F8_E5M2FNUZ: 1 },
};
