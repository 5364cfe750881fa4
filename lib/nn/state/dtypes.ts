/** The number formats of checkpoint files, each turned into one of the two that tensors have. */

export interface Decoder {
  /** Bytes of one number. */
  bytes: number;
  /** The numbers as float32 or int32; null where one does not fit. */
  read: (buffer: ArrayBuffer) => Float32Array | Int32Array | null;
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

/** The upper half of a float32. */
function bfloat16(bits: Uint16Array): Float32Array {
  const wide = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) wide[i] = bits[i] << 16;
  return new Float32Array(wide.buffer);
}

function int64(values: BigInt64Array | BigUint64Array): Int32Array | null {
  const narrow = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    narrow[i] = Number(values[i]);
    if (BigInt(narrow[i]) !== values[i]) return null;
  }
  return narrow;
}

function uint32(values: Uint32Array): Int32Array | null {
  return values.every((value) => value <= 0x7fffffff) ? new Int32Array(values) : null;
}

export const decoders: Readonly<Record<string, Decoder>> = {
  F64: { bytes: 8, read: (b) => new Float32Array(new Float64Array(b)) },
  F32: { bytes: 4, read: (b) => new Float32Array(b) },
  F16: { bytes: 2, read: (b) => Float32Array.from(new Uint16Array(b), float16) },
  BF16: { bytes: 2, read: (b) => bfloat16(new Uint16Array(b)) },
  I64: { bytes: 8, read: (b) => int64(new BigInt64Array(b)) },
  U64: { bytes: 8, read: (b) => int64(new BigUint64Array(b)) },
  I32: { bytes: 4, read: (b) => new Int32Array(b) },
  U32: { bytes: 4, read: (b) => uint32(new Uint32Array(b)) },
  I16: { bytes: 2, read: (b) => new Int32Array(new Int16Array(b)) },
  U16: { bytes: 2, read: (b) => new Int32Array(new Uint16Array(b)) },
  I8: { bytes: 1, read: (b) => new Int32Array(new Int8Array(b)) },
  U8: { bytes: 1, read: (b) => new Int32Array(new Uint8Array(b)) },
  BOOL: { bytes: 1, read: (b) => new Int32Array(new Uint8Array(b)) },
};
