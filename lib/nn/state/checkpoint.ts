/** A Hugging Face checkpoint, one file or several, of which only those tensors are read that are asked for. */

import type { Shape } from "../../tensor/shape.js";
import { clip, named, showAll } from "../../text/show.js";
import type { StateDict } from "../module.js";
import type { Numbers } from "../../format/dtypes.js";
import { inWords } from "../../format/record.js";
import { fail, type Folder, type PartialFile, readBytes, readPart } from "./files.js";
import { type CheckpointSource, folderOf } from "./folder.js";
import { type Fail, headerEnd, type HeaderEntry, piecesOf, readHeader, roomFor } from "../../format/header.js";
import { type Shards, shardsOf } from "./shards.js";

/** What a checkpoint says of a tensor without reading it. */
export interface CheckpointTensor {
  readonly shape: readonly number[];
  /** As the file has it: "F32", "BF16", "I64", ... */
  readonly dtype: string;
  /** The file that holds it. */
  readonly file: string;
}

interface Place extends CheckpointTensor {
  entry: HeaderEntry;
  source: PartialFile;
}

/** `Checkpoint.open` for a folder of which other files were read before. */
export let checkpointIn: (folder: Folder) => Promise<Checkpoint>;

/** The tensors of a folder with `model.safetensors`, or with parts of it and `model.safetensors.index.json`, as transformers'
 *  `save_pretrained` writes them; also of any single safetensors file. Opening it reads and checks the headers, `read` one tensor.
 *  @example
 *  const bytes = saveSafetensors({ x: { shape: [2], data: [1, 2] } });
 *  const checkpoint = await Checkpoint.open({ "model.safetensors": bytes });
 *  const { data } = await checkpoint.read("x");
 *  Array.from(data); // => [1, 2] */
export class Checkpoint {
  /** What each tensor is, by its name, in the order of the files. */
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  /** Free text that the writer of the files added. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly #folder: Folder;
  readonly #places: ReadonlyMap<string, Place>;

  static {
    checkpointIn = (folder) => Checkpoint.#in(folder);
  }

  private constructor(folder: Folder, places: ReadonlyMap<string, Place>, metadata: Record<string, string>) {
    this.#folder = folder;
    this.#places = places;
    this.tensors = new Map([...places].map(([name, { shape, dtype, file }]) => [name, { shape, dtype, file }]));
    this.metadata = metadata;
  }

  /** Opens a folder or file by its path (in Node), the files that a page was given, or their bytes by name. Throws one sentence,
   *  which names the file and the tensor, unless every file is consistent and each tensor of the index is where it says, no more. */
  static async open(source: CheckpointSource): Promise<Checkpoint> {
    return checkpointIn(await folderOf(source));
  }

  static async #in(folder: Folder): Promise<Checkpoint> {
    const shards = await shardsOf(folder);
    const places = new Map<string, Place>();
    const metadata: [string, string][] = [];
    for (const file of shards.files) {
      const failInFile: Fail = (sentence) => fail(`${named(file)}: ${sentence}`);
      const source = await folder.open(file);
      const first = headerEnd(await readPart(source, 0, Math.min(8, source.size)), source.size, failInFile);
      const header = readHeader(await readPart(source, 8, first), source.size, failInFile);
      for (const words of Object.entries(header.metadata)) metadata.push(words); // too many, perhaps, to spread
      for (const entry of header.tensors) {
        checkPlace(entry.name, file, shards);
        places.set(entry.name, { shape: entry.shape, dtype: entry.dtype, file, entry, source });
      }
    }
    for (const [name, file] of shards.fileOf ?? [])
      if (!places.has(name)) fail(`${named(file)}: ${inWords(name)} is missing, which the index says is in it`);
    return new Checkpoint(folder, places, Object.fromEntries(metadata));
  }

  /** The names of all files, those without tensors too. */
  get files(): readonly string[] {
    return this.#folder.names;
  }

  /** One tensor, and nothing else of the file: floats as float32 (F64 is rounded), integers and booleans as int32. It takes the
   *  memory of its numbers and a few MB. Throws for a name that is not there, a file that has changed since `open`, an integer
   *  beyond 32 bits. */
  async read(name: string): Promise<StateDict[string]> {
    const place = this.#places.get(name);
    if (!place) fail(`there is no tensor ${named(name)}${this.#similar(name)}`);
    const { entry, file, source } = place;
    const failInFile: Fail = (sentence) => fail(`${named(file)}: ${sentence}`);
    const data: Numbers = roomFor(entry, failInFile);
    await source.fill(piecesOf(entry, data, failInFile));
    return { shape: entry.shape, data };
  }

  /** Throws one sentence if a tensor is missing, unexpected or of another shape than the model has.
   *  @param wanted shapes by name  @param ignore says which unexpected names do no harm, such as buffers that are computed anew */
  check(wanted: Readonly<Record<string, Shape>>, ignore: (name: string) => boolean = () => false): void {
    const missing = Object.keys(wanted).filter((name) => !this.#places.has(name));
    if (missing.length) fail(`the files have no ${showAll(missing)}`);
    for (const [name, { shape, file }] of this.#places) {
      if (!Object.hasOwn(wanted, name)) {
        if (!ignore(name)) fail(`${named(file)}: ${inWords(name, shape)} is not in the model`);
      } else if (String(wanted[name]) !== String(shape))
        fail(`${named(file)}: ${inWords(name, shape)} should be ${clip(`[${wanted[name].join(", ")}]`, 80)}`);
    }
  }

  /** A file without tensors as text, such as "config.json": UTF-8, at most 100 MB. */
  async text(file: string): Promise<string> {
    const bytes = await readBytes(this.#folder, file);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (cause) {
      fail(`${named(file)} is not UTF-8`, cause);
    }
  }

  /** Names that end alike: models with a head have a prefix that those without lack. */
  #similar(name: string): string {
    const last = name.split(".").slice(-2).join(".");
    const alike = [...this.#places.keys()].filter((other) => other.endsWith(last));
    if (alike.length) return `; there is ${showAll(alike.slice(0, 3))}`;
    if (this.#places.size === 0) return "; the files have none";
    return `, but ${showAll([...this.#places.keys()].slice(0, 3))}${this.#places.size > 3 ? ", ..." : ""}`;
  }
}

function checkPlace(name: string, file: string, { fileOf }: Shards): void {
  if (!fileOf || fileOf.get(name) === file) return;
  const other = fileOf.get(name);
  const where = other === undefined ? "is not in the index" : `should be in ${named(other)} alone, as the index says`;
  fail(`${named(file)}: ${inWords(name)} ${where}`);
}
