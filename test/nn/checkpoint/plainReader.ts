/** The format read in the plainest way, to compare with: no limit, and no sentence but `null` for a file that breaks a rule. */

type Tensors = Record<string, { shape: number[]; dtype: string; numbers: number[] }>;

const half = (bits: number): number => {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits & 0x7c00) >> 10, (bits & 0x3ff) / 1024];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
};

/** Bytes of a number, and how one is read. */
const formats: Record<string, [number, (view: DataView, at: number) => number | bigint]> = {
  F64: [8, (v, at) => Math.fround(v.getFloat64(at, true))],
  F32: [4, (v, at) => v.getFloat32(at, true)],
  F16: [2, (v, at) => half(v.getUint16(at, true))],
  BF16: [
    2,
    (v, at) => {
      const wide = new DataView(new ArrayBuffer(4));
      wide.setUint16(0, v.getUint16(at, true));
      return wide.getFloat32(0);
    },
  ],
  I64: [8, (v, at) => v.getBigInt64(at, true)],
  U64: [8, (v, at) => v.getBigUint64(at, true)],
  I32: [4, (v, at) => v.getInt32(at, true)],
  U32: [4, (v, at) => v.getUint32(at, true)],
  I16: [2, (v, at) => v.getInt16(at, true)],
  U16: [2, (v, at) => v.getUint16(at, true)],
  I8: [1, (v, at) => v.getInt8(at)],
  U8: [1, (v, at) => v.getUint8(at)],
  BOOL: [1, (v, at) => v.getUint8(at)],
};

const isCount = (x: unknown): x is number => typeof x === "number" && /^\d{1,15}$/.test(JSON.stringify(x));
const isCounts = (x: unknown): x is number[] => Array.isArray(x) && x.every((n) => isCount(n) && !Object.is(n, -0));

export function plainTensors(bytes: Uint8Array): Tensors | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || view.getBigUint64(0, true) > BigInt(bytes.length - 8)) return null;
  const first = 8 + Number(view.getBigUint64(0, true));
  const tensors: Tensors = {};
  /** How many tensors have each byte. */
  const owners = new Uint8Array(bytes.length - first);
  for (const [name, value] of Object.entries(parsed(bytes.slice(8, first)) ?? { "": null })) {
    if (name === "__metadata__") {
      if (Object.prototype.toString.call(value) !== "[object Object]") return null;
      if (!Object.values(value as object).every((v) => typeof v === "string")) return null;
      continue;
    }
    const { shape, data_offsets, dtype } = (value ?? {}) as Record<string, unknown>;
    if (!isCounts(shape) || !isCounts(data_offsets) || data_offsets.length !== 2) return null;
    if (typeof dtype !== "string" || !(dtype in formats)) return null;
    const [width, get] = formats[dtype];
    const [start, end] = data_offsets;
    if (start > end || end > owners.length || end - start !== width * shape.reduce((a, b) => a * b, 1)) return null;
    const numbers: number[] = [];
    for (let at = start; at < end; at += width) {
      const number = get(view, first + at);
      const narrow = BigInt.asIntN(32, BigInt(typeof number === "bigint" || Number.isInteger(number) ? number : 0));
      if (!dtype.includes("F") && narrow !== BigInt(number)) return null;
      numbers.push(Number(number));
    }
    for (let at = start; at < end; at++) owners[at]++;
    tensors[name] = { shape, dtype, numbers };
  }
  return owners.every((count) => count === 1) ? tensors : null;
}

/** The object that a text is, if it is JSON, begins with its bracket, and JSON.stringify keeps all of its keys. */
function parsed(text: Uint8Array): Record<string, unknown> | null {
  try {
    const json = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
    const value: unknown = JSON.parse(json);
    const quotes = (s: string): number => s.replace(/\\./g, "").split('"').length;
    if (!json.startsWith("{") || quotes(json) !== quotes(JSON.stringify(value))) return null; // a key stood twice
    return value as Record<string, unknown>;
  } catch {
    return null;
  }
}
