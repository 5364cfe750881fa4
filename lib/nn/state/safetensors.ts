/** Tensors in the bytes of one file: the safetensors format, which `lib/format/header.ts` describes. */

import { checkWord } from "../../config/options.js";
import { sentence as inOneLine, show } from "../../text/show.js";
import type { StateDict, StateInput } from "../module.js";
import { asBytes, inWords, isRecord } from "../../format/record.js";
import { tensorsOf } from "../../format/tensors.js";
import { checkedEntry } from "./entry.js";
import { type FloatFormat, inHalves } from "./halves.js";

/** What a file holds. */
export interface SafetensorsFile {
  state: StateDict;
  /** Free text that the writer of the file added. */
  metadata: Record<string, string>;
}

/** A state dict as the bytes of a file that Hugging Face's `safetensors` reads: float32 as F32, or as half as many bytes, int32 as I32.
 *  Throws where an entry has not as many numbers as its shape, and where a number is too large for 16 bits.
 *  @param options.dtype of float32 numbers in the file, default "f32"; "f16" and "bf16" round to the nearest
 *  @example
 *  const layer = new Linear(2, 3, { rng: new Generator(1) });
 *  const bytes = saveSafetensors(layer.stateDict(), { epoch: "3" });
 *  loadSafetensors(bytes).metadata; // => { "epoch": "3" } */
export function saveSafetensors(
  state: StateInput,
  metadata: Readonly<Record<string, string>> = {},
  { dtype = "f32" }: { dtype?: FloatFormat } = {},
): Uint8Array {
  checkWord("saveSafetensors", "dtype", dtype, ["f32", "f16", "bf16"]);
  const header: [string, object][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  let end = 0;
  if (!isRecord(state)) throw new TypeError(`saveSafetensors: needs entries by name, got ${show(state)}`);
  const parts = Object.entries(state).map(([name, entry]) => {
    if (name === "__metadata__") throw new Error("saveSafetensors: __metadata__ is no name for a tensor");
    const { shape, data } = checkedEntry("saveSafetensors", name, entry);
    const isInteger = data instanceof Int32Array;
    const numbers = isInteger || data instanceof Float32Array ? data : Float32Array.from(data);
    const tooLarge = (sentence: string): never => {
      throw new RangeError(inOneLine(`saveSafetensors: ${inWords(name, shape)} ${sentence}`));
    };
    const bytes =
      isInteger || dtype === "f32"
        ? new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
        : inHalves(numbers as Float32Array, dtype, tooLarge);
    const start = end;
    end += bytes.length;
    header.push([name, { dtype: isInteger ? "I32" : dtype.toUpperCase(), shape, data_offsets: [start, end] }]);
    return { bytes, start };
  });
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const first = 8 + Math.ceil(text.length / 8) * 8; // the numbers begin at a multiple of 8
  const file = new Uint8Array(first + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(first - 8), true);
  file.fill(0x20, 8, first).set(text, 8); // padded with spaces
  for (const { bytes, start } of parts) file.set(bytes, first + start);
  return file;
}

/** The tensors of a safetensors file, given as its bytes; `Checkpoint` reads files that are larger than memory, and folders.
 *  Floats of any width become float32 (F64 is rounded), integers and booleans int32. Throws one sentence for a file that is cut off
 *  or inconsistent, a dtype that is not known, an integer beyond 32 bits.
 *  @example
 *  const bytes = saveSafetensors({ x: { shape: [2], data: [1, 2] } });
 *  Array.from(loadSafetensors(bytes).state.x.data); // => [1, 2] */
export function loadSafetensors(file: Uint8Array | ArrayBuffer): SafetensorsFile {
  return tensorsOf(bytesOf(file), fail);
}

function fail(sentence: string): never {
  throw new Error(inOneLine(`loadSafetensors: ${sentence}`)); // names and dtypes are the words of a stranger
}

function bytesOf(file: unknown): Uint8Array {
  const bytes = asBytes(file);
  if (bytes) return bytes;
  throw new TypeError(`loadSafetensors: needs the bytes of a file, a Uint8Array or an ArrayBuffer, got ${show(file)}`);
}
