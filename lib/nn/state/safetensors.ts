/**
 * Tensors in a file: the safetensors format. Eight bytes say how long the header is, the header is JSON with a
 * { dtype, shape, data_offsets } for each name, and after it come the numbers, little-endian and without gaps (as typed
 * arrays have them on every platform that runs JavaScript today).
 * Source: https://huggingface.co/docs/safetensors (format)
 */

import { sizeOf } from "../../tensor/check.js";
import { clip, named, sentence as inOneLine, show } from "../../text/show.js";
import type { StateDict, StateInput } from "../module.js";
import { decoders, type Decoder } from "./dtypes.js";
import { repeatedKey } from "./duplicates.js";
import { checkedEntry, inWords, isRecord, isSize } from "./entry.js";

/** What a file holds. */
export interface SafetensorsFile {
  state: StateDict;
  /** Free text that the writer of the file added. */
  metadata: Record<string, string>;
}

/** The longest header that other readers take. */
const MAX_HEADER = 100_000_000;

/** A state dict as the bytes of a file that Hugging Face's `safetensors` reads: float32 as F32, int32 as I32.
 *  Throws where an entry has not as many numbers as its shape.
 *  @example
 *  const layer = new Linear(2, 3, { rng: new Generator(1) });
 *  const bytes = saveSafetensors(layer.stateDict(), { epoch: "3" });
 *  loadSafetensors(bytes).metadata; // => { "epoch": "3" } */
export function saveSafetensors(state: StateInput, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const header: [string, object][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  let end = 0;
  if (!isRecord(state)) throw new TypeError(`saveSafetensors: needs entries by name, got ${show(state)}`);
  const parts = Object.entries(state).map(([name, entry]) => {
    if (name === "__metadata__") throw new Error("saveSafetensors: __metadata__ is no name for a tensor");
    const { shape, data } = checkedEntry("saveSafetensors", name, entry);
    const numbers = data instanceof Int32Array || data instanceof Float32Array ? data : Float32Array.from(data);
    const start = end;
    end += numbers.byteLength;
    header.push([name, { dtype: data instanceof Int32Array ? "I32" : "F32", shape, data_offsets: [start, end] }]);
    return { numbers, start };
  });
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const first = 8 + Math.ceil(text.length / 8) * 8; // the numbers begin at a multiple of 8
  const bytes = new Uint8Array(first + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(first - 8), true);
  bytes.fill(0x20, 8, first).set(text, 8); // padded with spaces
  for (const { numbers, start } of parts) {
    bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), first + start);
  }
  return bytes;
}

/** The tensors of a safetensors file, given as its bytes. Floats of any width become float32 (F64 is rounded), integers and
 *  booleans int32. Throws one sentence for a file that is cut off or inconsistent, a dtype that is not known, an integer beyond
 *  32 bits.
 *  @example
 *  const bytes = saveSafetensors({ x: { shape: [2], data: [1, 2] } });
 *  Array.from(loadSafetensors(bytes).state.x.data); // => [1, 2] */
export function loadSafetensors(file: Uint8Array | ArrayBuffer): SafetensorsFile {
  const bytes = bytesOf(file);
  if (bytes.length < 8) fail(`a file has at least 8 bytes, this one ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER)) fail(`the header would have ${length} bytes: this is not a safetensors file`);
  const first = 8 + Number(length);
  if (first > bytes.length) fail(`the file is cut off: its header ends at byte ${first}, the file at ${bytes.length}`);
  const header = parse(bytes.subarray(8, first));
  const metadata = Object.hasOwn(header, "__metadata__") ? header.__metadata__ : {};
  if (!isRecord(metadata)) fail("__metadata__ is not an object");
  const tensors: Entry[] = [];
  for (const name of Object.keys(header)) if (name !== "__metadata__") tensors.push(checked(name, header[name]));
  checkOffsets(tensors, bytes.length - first);
  const state = Object.fromEntries(
    tensors.map(({ name, shape, decoder, start, end }) => {
      // A copy, so that it is aligned. One for all empty tensors: a file may have a million of them.
      const own = start === end ? NOTHING : bytes.slice(first + start, first + end).buffer;
      const data = decoder.read(own);
      if (!data) fail(`${inWords(name)} holds an integer that does not fit into 32 bits`);
      return [name, { shape, data }];
    }),
  );
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)])),
    state,
  };
}

const NOTHING = new ArrayBuffer(0);

function fail(sentence: string): never {
  throw new Error(inOneLine(`loadSafetensors: ${sentence}`)); // names and dtypes are the words of a stranger
}

function bytesOf(file: unknown): Uint8Array {
  if (ArrayBuffer.isView(file)) return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  const kind = Object.prototype.toString.call(file).slice(8, -1);
  if (kind === "ArrayBuffer") return new Uint8Array(file as ArrayBuffer);
  throw new TypeError(`loadSafetensors: needs the bytes of a file, a Uint8Array or an ArrayBuffer, got ${show(file)}`);
}

function parse(text: Uint8Array): Record<string, unknown> {
  if (text[0] !== 0x7b) fail("the header does not begin with {: this is not a safetensors file, or it is damaged");
  let json: string;
  let header: unknown;
  try {
    json = new TextDecoder("utf-8", { fatal: true }).decode(text.slice());
    header = JSON.parse(json);
  } catch {
    fail("the header is not JSON: this is not a safetensors file, or it is damaged");
  }
  const twice = repeatedKey(json);
  if (twice !== null) fail(`the header has the name ${named(twice)} twice, which the format forbids`);
  return header as Record<string, unknown>; // what begins with { and is JSON is an object
}

interface Entry {
  name: string;
  shape: number[];
  decoder: Decoder;
  start: number;
  end: number;
}

/** An entry of the header, if it makes sense by itself. */
function checked(name: string, entry: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (!Array.isArray(shape) || !shape.every(isSize)) fail(`${inWords(name)} has no shape of integers`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize))
    fail(`${inWords(name)} has no two data_offsets`);
  const decoder = typeof dtype === "string" && Object.hasOwn(decoders, dtype) ? decoders[dtype] : undefined;
  if (!decoder)
    fail(
      `${inWords(name)} has the dtype ${typeof dtype === "string" ? named(dtype) : show(dtype)}; this library reads ${Object.keys(decoders).join(", ")}`,
    );
  const [start, end] = offsets as [number, number];
  const wanted = sizeOf(shape) * decoder.bytes;
  if (end - start !== wanted)
    fail(
      `${named(name)} ${String(dtype)} ${clip(`[${shape.join(", ")}]`, 80)} takes ${wanted} bytes, but has offsets ${start} to ${end}`,
    );
  return { name, shape, decoder, start, end };
}

/** The tensors must fill the rest of the file without gap or overlap. */
function checkOffsets(tensors: readonly Entry[], size: number): void {
  let at = 0;
  for (const { name, start, end } of [...tensors].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at) fail(`${inWords(name)} begins at byte ${start} of the numbers, where ${at} was expected`);
    at = end;
  }
  if (at > size) fail(`the file is cut off: its tensors take ${at} bytes, ${size} are there`);
  if (at < size) fail(`the file has ${size - at} bytes after its last tensor`);
}
