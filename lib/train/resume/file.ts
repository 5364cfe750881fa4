/** The bytes of a save: a safetensors file, which Python opens too, whose metadata say what it is and whether it is whole.
 *  `checksum` comes first in it, at a place that is known: CRC-32 of the file with zeros in these eight digits. */

import type { StateDict, StateInput } from "../../nn/module.js";
import { loadSafetensors, saveSafetensors } from "../../nn/state/safetensors.js";
import { clip, named, sentence, show } from "../../text/show.js";
import { checksum } from "./checksum.js";

const FORMAT = "twinformer run";
/** Of the format: one that an older reader would misread has the next number. */
const VERSION = 1;

const NO_SUM = "00000000";
const START = '{"__metadata__":{"checksum":"';
/** Where the eight digits stand: after the length of the header. */
const [FROM, TO] = [8 + START.length, 8 + START.length + NO_SUM.length];

/** A file that is no save, or not whole: another one may be. */
export class DamagedSave extends Error {
  override readonly name = "DamagedSave";
}

export interface SaveFile {
  tensors: StateDict;
  /** What `toText` made. */
  run: string;
}

export function toFile(tensors: StateInput, run: string): Uint8Array {
  const bytes = saveSafetensors(tensors, { checksum: NO_SUM, format: FORMAT, version: String(VERSION), run });
  bytes.set(new TextEncoder().encode(checksum(bytes)), FROM);
  return bytes;
}

/** Throws a `DamagedSave` for bytes that are no whole save, and an Error for one of a newer format.
 *  @param name of the file, for the sentences */
export function fromFile(who: string, bytes: Uint8Array, name = "the save"): SaveFile {
  const damaged = (why: string): never => {
    throw new DamagedSave(sentence(`${who}: ${named(name)} ${why}`));
  };
  const text = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes.length < TO || text(8, FROM) !== START)
    damaged(`is no file that a run saved: ${bytes.length} bytes that begin otherwise`);
  const written = text(FROM, TO);
  const sum = checksum(bytes.subarray(0, FROM), new TextEncoder().encode(NO_SUM), bytes.subarray(TO));
  if (sum !== written)
    damaged(`is not whole: its ${bytes.length} bytes have the checksum ${sum}, not ${show(written)}`);
  let file: ReturnType<typeof loadSafetensors>;
  try {
    file = loadSafetensors(bytes);
  } catch (cause) {
    return damaged(`is not whole: ${(cause as Error).message}`);
  }
  const { format, version, run } = file.metadata;
  if (format !== FORMAT) damaged(`is no file that a run saved: its format is ${show(format)}`);
  if (version !== String(VERSION))
    throw new Error(
      `${who}: ${named(name)} has format version ${clip(version, 20)}, this library reads ${VERSION}: take the version of twinformer that wrote it`,
    );
  return { tensors: file.state, run };
}
