/** The files of a checkpoint, wherever they lie: in a folder, as files that a page was given, in memory. */

import { named, show } from "../../text/show.js";
import { diskFolder } from "./disk.js";
import { asBytes, isRecord, isSize } from "../../format/record.js";
import { fail, type Folder, type PartialFile, unreadable } from "./files.js";

/** What a page has of a file: a `File` (with its name) or a `Blob`. */
export interface FileLike {
  readonly name?: string;
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** The bytes of a file, or a file of a page. */
export type FileBytes = Uint8Array | ArrayBuffer | FileLike;

/** Where a checkpoint lies: the path (or file: URL) of a folder or of one .safetensors file, in Node; the files of the folder, as
 *  a page has them from `<input type="file" multiple>`; their bytes by name; or the one file that it is. */
export type CheckpointSource =
  string | { readonly href: string } | FileBytes | Iterable<FileLike> | Readonly<Record<string, FileBytes>>;

export async function folderOf(source: CheckpointSource): Promise<Folder> {
  if (typeof source === "string") return diskFolder(source);
  if (asBytes(source) ?? isFile(source)) return inMemory([["model.safetensors", source]]);
  if (isRecord(source) && typeof source.href === "string") return diskFolder(source.href);
  if (isIterable(source)) return inMemory(Array.from(source, (file: unknown) => [nameOf(file), file]));
  if (isRecord(source)) return inMemory(Object.entries(source));
  throw new TypeError(`Checkpoint: needs the path of a folder, files, or their bytes by name, got ${show(source)}`);
}

const isFile = (given: unknown): given is FileLike =>
  typeof given === "object" && given !== null && "slice" in given && "size" in given && isSize(given.size);

const isIterable = (given: unknown): given is Iterable<unknown> =>
  typeof given === "object" && given !== null && Symbol.iterator in given;

function nameOf(file: unknown): string {
  if (isFile(file) && typeof file.name === "string") return file.name;
  fail(
    `a list of files needs a name for each, got ${show(file)}; bytes are given by name, { "model.safetensors": bytes }`,
  );
}

function inMemory(given: readonly (readonly [string, unknown])[]): Folder {
  const files = new Map<string, PartialFile>();
  for (const [name, file] of given) {
    if (files.has(name)) fail(`two of the files are called ${named(name)}`);
    const bytes = asBytes(file);
    if (bytes) files.set(name, { size: bytes.length, fill: fromBytes(name, bytes) });
    else if (isFile(file)) files.set(name, { size: file.size, fill: fromFile(name, file) });
    else fail(`${named(name)} needs the bytes of a file, or a file, got ${show(file)}`);
  }
  return { names: [...files.keys()], open: (name) => Promise.resolve(files.get(name)!) };
}

const fromBytes = (name: string, bytes: Uint8Array): PartialFile["fill"] => {
  const { length } = bytes; // of a buffer that has been handed to a worker, none is left
  return async (pieces) => {
    await Promise.resolve(); // so that all that goes wrong comes as a promise that is rejected
    for (const { from, bytes: piece } of pieces)
      copy(name, bytes.length === length ? bytes.subarray(from, from + piece.length) : bytes, piece);
  };
};

const fromFile =
  (name: string, file: FileLike): PartialFile["fill"] =>
  async (pieces) => {
    for (const { from, bytes: piece } of pieces) copy(name, await part(name, file, from, from + piece.length), piece);
  };

async function part(name: string, file: FileLike, start: number, end: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(start, end).arrayBuffer());
  } catch (cause) {
    unreadable(name, cause);
  }
}

function copy(name: string, from: Uint8Array, to: Uint8Array): void {
  if (from.length !== to.length) fail(`${named(name)} has changed since it was opened`);
  to.set(from);
}
