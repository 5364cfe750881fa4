/** Ways to damage a safetensors file, from a byte to the sense of an entry. */

import type { Generator } from "../../../lib/index.js";
import { file } from "./files.js";

type Header = Record<string, Record<string, unknown>>;

const pick = <T>(rng: Generator, from: readonly T[]): T => from[rng.below(from.length)];

function parts(bytes: Uint8Array): { header: string; numbers: Uint8Array } {
  const first = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return { header: new TextDecoder().decode(bytes.slice(8, first)), numbers: bytes.slice(first) };
}

/** Sizes and offsets that a reader may stumble over. */
const oddSizes: unknown[] = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, -1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e300, null, "4", true, [], {}]; // prettier-ignore
const oddValues: unknown[] = [null, true, 0, "F32", "I32", "I16", "BF16", "F16", "U8", "U64", "BOOL", "F8_E5M2", "f32", "", [], [0], [2, 2], [1, 4], [0, 0], {}, "[4]", [2 ** 53 - 1, 2 ** 53 - 1]]; // prettier-ignore

const onEntry =
  (change: (entry: Record<string, unknown>, rng: Generator, header: Header, name: string) => void) =>
  (bytes: Uint8Array, rng: Generator): Uint8Array => {
    const { header: json, numbers } = parts(bytes);
    const header = JSON.parse(json) as Header;
    const names = Object.keys(header);
    if (names.length === 0) return bytes;
    const name = pick(rng, names);
    change(header[name], rng, header, name);
    return file(header, numbers);
  };

const field = (rng: Generator): string => pick(rng, ["dtype", "shape", "data_offsets"]);

export const mutations: Record<string, (bytes: Uint8Array, rng: Generator) => Uint8Array> = {
  "a byte of the length": (bytes, rng) => changed(bytes, rng.below(8), rng.below(256)),
  "a byte of the header": (bytes, rng) => changed(bytes, 8 + rng.below(bytes.length - 8), rng.below(256)),
  "a letter of the header": (bytes, rng) => {
    const letter = pick(rng, Array.from('{}[],:"\\0123456789-.eEFIU \n')).charCodeAt(0);
    return changed(bytes, 8 + rng.below(parts(bytes).header.length), letter);
  },
  "an end that is cut off": (bytes, rng) => bytes.slice(0, rng.below(bytes.length)),
  "a byte that is put in": (bytes, rng) => spliced(bytes, rng.below(bytes.length + 1), 0, [rng.below(256)]),
  "bytes that are missing": (bytes, rng) => spliced(bytes, rng.below(bytes.length), 1 + rng.below(9), []),
  "bytes that come twice": (bytes, rng) => {
    const at = rng.below(bytes.length);
    return spliced(bytes, at, 0, [...bytes.slice(at, at + 1 + rng.below(40))]);
  },
  "letters in the header, whose length is right": (bytes, rng) => {
    const { header, numbers } = parts(bytes);
    const at = rng.below(header.length + 1);
    const letters = pick(rng, [
      " ",
      "0",
      "1",
      "-",
      "[",
      "{",
      "}",
      ",",
      '"',
      '"a":{},',
      "1,",
      ",1",
      "\\u0041",
      ".0",
      "e0",
    ]);
    return file(header.slice(0, at) + letters + header.slice(at + rng.below(2)), numbers);
  },
  "another value": onEntry((entry, rng) => (entry[field(rng)] = pick(rng, oddValues))),
  "another size or offset": onEntry((entry, rng) => {
    const list = entry[pick(rng, ["shape", "data_offsets"])];
    if (Array.isArray(list)) list[rng.below(list.length + 1)] = pick(rng, oddSizes);
  }),
  "a missing field": onEntry((entry, rng) => Reflect.deleteProperty(entry, field(rng))),
  "a missing entry": onEntry((_, _rng, header, name) => Reflect.deleteProperty(header, name)),
  "an entry for another": onEntry((entry, rng, header, name) => {
    const other = pick(rng, [...Object.keys(header), "more", "__metadata__", "__proto__", ""]);
    header[name] = header[other] ?? {};
    Object.defineProperty(header, other, { value: entry, enumerable: true, configurable: true, writable: true });
  }),
  "a name that stands twice": (bytes, rng) => {
    const { header, numbers } = parts(bytes);
    const names = header.match(/"[^"]*":/g) ?? ['"x":'];
    return file(header.replaceAll(pick(rng, names), pick(rng, names)), numbers);
  },
  "a dtype of the same width": onEntry((entry, rng) => {
    const same = {
      F32: ["I32", "U32"],
      F16: ["BF16", "I16", "U16"],
      BF16: ["F16"],
      I64: ["U64", "F64"],
      U8: ["I8", "BOOL"],
    };
    entry.dtype = pick(rng, same[entry.dtype as "F32"] ?? ["F32"]);
  }),
  "a shape of as many numbers": onEntry((entry) => {
    if (Array.isArray(entry.shape)) entry.shape = [1, ...(entry.shape as unknown[]).reverse()];
  }),
  numbers: (bytes, rng) => {
    const { header, numbers } = parts(bytes);
    return file(header, numbers.map((byte) => (byte > 0 && rng.below(2) ? rng.below(256) : byte))); // prettier-ignore
  },
};

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  if (at < copy.length) copy[at] = value;
  return copy;
}

const spliced = (bytes: Uint8Array, at: number, missing: number, more: number[]): Uint8Array =>
  Uint8Array.from([...bytes.slice(0, at), ...more, ...bytes.slice(at + missing)]);
