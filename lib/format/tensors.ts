import type { Numbers } from "./dtypes.js";
import { type Fail, headerEnd, piecesOf, readHeader, roomFor } from "./header.js";

/** The tensors of a safetensors file, by name, and the free text that its writer added. */
export interface Tensors {
  readonly state: Record<string, { shape: readonly number[]; data: Numbers }>;
  readonly metadata: Record<string, string>;
}

/** All tensors of a file in memory, which is read with `fail` for whatever is wrong with it. */
export function tensorsOf(bytes: Uint8Array, fail: Fail): Tensors {
  const first = headerEnd(bytes, bytes.length, fail);
  const { metadata, tensors } = readHeader(bytes.subarray(8, first), bytes.length, fail);
  const state = tensors.map((entry) => {
    const data = roomFor(entry, fail);
    for (const { from, bytes: piece } of piecesOf(entry, data, fail))
      piece.set(bytes.subarray(from, from + piece.length));
    return [entry.name, { shape: entry.shape, data }] as const;
  });
  return { metadata, state: Object.fromEntries(state) };
}
