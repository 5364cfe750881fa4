/** Files that are read in part, wherever they lie. */

import { named, sentence as inOneLine } from "../../text/show.js";
import { MAX_HEADER, type Piece } from "../../format/header.js";

export interface PartialFile {
  readonly size: number;
  /** Fills the pieces in their order; each is asked for when the one before it is full. */
  fill(pieces: Iterable<Piece>): Promise<void>;
}

export interface Folder {
  /** The names of its files. */
  readonly names: readonly string[];
  /** One of them. */
  open(name: string): Promise<PartialFile>;
}

/** The sentence of everything that goes wrong with a checkpoint, in one line: names and dtypes are the words of a stranger. */
export function fail(sentence: string, cause?: unknown): never {
  throw new Error(inOneLine(`Checkpoint: ${sentence}`), cause === undefined ? {} : { cause });
}

/** The same, of a file that the system does not let us read. */
export function unreadable(name: string, cause: unknown): never {
  const { code, message } = cause as { code?: string; message?: string };
  const why = code === "ENOENT" ? "there is no such file or folder" : (message ?? String(cause));
  fail(`cannot read ${named(name)}: ${why}`, cause);
}

/** The bytes of a file that belongs to a checkpoint and holds no tensors; at most 100 MB. */
export async function readBytes(folder: Folder, name: string): Promise<Uint8Array> {
  if (!folder.names.includes(name)) fail(`${named(name)} is not among the files`);
  const file = await folder.open(name);
  if (file.size > MAX_HEADER) fail(`${named(name)} has ${file.size} bytes; at most ${MAX_HEADER} are read as text`);
  return readPart(file, 0, file.size);
}

export async function readPart(file: PartialFile, from: number, to: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(to - from);
  await file.fill([{ from, bytes }]);
  return bytes;
}
