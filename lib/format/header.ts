/**
 * The header of a safetensors file, and the numbers behind it. Eight bytes say how long the header is, the header is JSON with
 * a { dtype, shape, data_offsets } for each name, and after it come the numbers, little-endian and without gaps (as typed arrays
 * have them on every platform that runs JavaScript today).
 * Source: https://huggingface.co/docs/safetensors (format)
 */

import { clip, named, show } from "../text/show.js";
import { decoders, type Decoder, type Numbers, unread } from "./dtypes.js";
import { inWords, isRecord, isSize } from "./record.js";
import { parseStrictly } from "./strictJson.js";

/** Throws the sentence, with the name of the function or file before it. */
export type Fail = (sentence: string) => never;

/** The longest header that other readers take. */
export const MAX_HEADER = 100_000_000;

/** A tensor as the header describes it. */
export interface HeaderEntry {
  name: string;
  dtype: string;
  shape: readonly number[];
  /** Null for a format of which only the size is known. */
  decoder: Decoder | null;
  /** The bytes of the file that hold its numbers: from `start` to just before `end`. */
  start: number;
  end: number;
}

export interface Header {
  metadata: Record<string, string>;
  tensors: HeaderEntry[];
}

/** Where the header ends and the numbers begin. Nothing of the size that a file claims is reserved before this is known.
 *  @param start the first 8 bytes of the file, or fewer if it has no more  @param size its bytes */
export function headerEnd(start: Uint8Array, size: number, fail: Fail): number {
  if (size < 8) fail(`a file has at least 8 bytes, this one ${size}`);
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER)) fail(`the header would have ${length} bytes: this is not a safetensors file`);
  const end = 8 + Number(length);
  if (end > size) fail(`the file is cut off: its header ends at byte ${end}, the file at ${size}`);
  return end;
}

/** What the header says, if all of it makes sense and its tensors fill the file.
 *  @param text its bytes, without the 8 before them  @param size the bytes of the whole file */
export function readHeader(text: Uint8Array, size: number, fail: Fail): Header {
  if (text[0] !== 0x7b) fail("the header does not begin with {: this is not a safetensors file, or it is damaged");
  const header = parseStrictly(text, "the header", "this is not a safetensors file, or it is damaged", fail);
  const { __metadata__: metadata = {} } = header;
  if (!isRecord(metadata)) fail("__metadata__ is not an object");
  for (const key of Object.keys(metadata))
    if (typeof metadata[key] !== "string") fail(`__metadata__ has ${named(key)}, which is no text`);
  const tensors: HeaderEntry[] = [];
  for (const name of Object.keys(header))
    if (name !== "__metadata__") tensors.push(checked(name, header[name], 8 + text.length, fail));
  checkOffsets(tensors, 8 + text.length, size, fail);
  return { metadata: metadata as Record<string, string>, tensors };
}

/** An entry of the header, if it makes sense by itself.
 *  @param first where the numbers begin in the file */
function checked(name: string, entry: unknown, first: number, fail: Fail): HeaderEntry {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (!Array.isArray(shape) || !shape.every(isSize)) fail(`${inWords(name)} has no shape of integers`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize))
    fail(`${inWords(name)} has no two data_offsets, integers below 2^53`);
  const known = [decoders, unread].some((formats) => typeof dtype === "string" && Object.hasOwn(formats, dtype));
  if (!known) {
    const said = typeof dtype === "string" ? named(dtype) : show(dtype);
    fail(`${inWords(name)} has ${dtype === undefined ? "no dtype" : `the dtype ${said}`}; ${READS}`);
  }
  const format = dtype as string;
  const decoder = Object.hasOwn(decoders, format) ? decoders[format] : null;
  const [start, end] = offsets as [number, number];
  const wanted = shape.reduce((product, size) => product * size, 1) * (decoder?.bytes ?? unread[format]);
  if (end - start !== wanted)
    fail(
      `${named(name)} ${format} ${clip(`[${shape.join(", ")}]`, 80)} takes ${wanted} bytes, but has offsets ${start} to ${end}`,
    );
  return { name, dtype: format, shape, decoder, start: first + start, end: first + end };
}

const READS = `this library reads ${Object.keys(decoders).join(", ")}`;

/** The tensors must fill the rest of the file without gap or overlap. */
function checkOffsets(tensors: readonly HeaderEntry[], first: number, size: number, fail: Fail): void {
  let at = first;
  for (const { name, start, end } of [...tensors].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at)
      fail(`${inWords(name)} begins at byte ${start - first} of the numbers, where ${at - first} was expected`);
    at = end;
  }
  if (at > size) fail(`the file is cut off: its tensors take ${at - first} bytes, ${size - first} are there`);
  if (at < size) fail(`the file has ${size - at} bytes after its last tensor`);
}

/** Bytes of a file to be copied: as many as `bytes` has, from the byte `from` on. */
export interface Piece {
  from: number;
  bytes: Uint8Array;
}

/** Most bytes of a piece: what reading takes beside the tensor itself. */
const PIECE = 2 ** 22;

/** Asks for the bytes of a tensor piece by piece; who fills each before asking for the next has the numbers at the end. */
export function* piecesOf(entry: HeaderEntry, numbers: Numbers, fail: Fail): Generator<Piece> {
  const { start, end } = entry;
  const decoder = decoderOf(entry, fail);
  const scratch = new ArrayBuffer(Math.min(PIECE, end - start));
  for (let from = start; from < end; from += PIECE) {
    const bytes = new Uint8Array(scratch, 0, Math.min(PIECE, end - from));
    yield { from, bytes };
    const at = (from - start) / decoder.bytes;
    if (!decoder.read(scratch, numbers.subarray(at, at + bytes.length / decoder.bytes)))
      fail(`${inWords(entry.name)} holds an integer that does not fit into 32 bits`);
  }
}

/** Room for the numbers of a tensor. */
export function roomFor(entry: HeaderEntry, fail: Fail): Numbers {
  const { name, shape, start, end } = entry;
  const { bytes, make } = decoderOf(entry, fail);
  const count = (end - start) / bytes;
  try {
    return make(count);
  } catch {
    fail(`${inWords(name, shape)} takes ${4 * count} bytes, more than there is room for`);
  }
}

function decoderOf({ name, dtype, decoder }: HeaderEntry, fail: Fail): Decoder {
  if (!decoder)
    fail(`${inWords(name)} has the dtype ${dtype}; ${READS}: dequantize the model in Python, and save it again`);
  return decoder;
}
