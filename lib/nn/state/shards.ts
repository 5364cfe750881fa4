/** Which files of a folder hold the weights, and which tensor is where. */

import { named, showAll } from "../../text/show.js";
import { isRecord } from "../../format/record.js";
import { fail, type Folder, readBytes } from "./files.js";
import type { Fail } from "../../format/header.js";
import { parseStrictly } from "../../format/strictJson.js";

const ONE = "model.safetensors";
const INDEX = "model.safetensors.index.json";
/** The names that save_pretrained gives to the parts of a checkpoint. */
const PART = /^model-\d+-of-\d+\.safetensors$/;

export interface Shards {
  files: string[];
  /** From the name of a tensor to its file, as the index says; null where there is no index. */
  fileOf: Map<string, string> | null;
}

export async function shardsOf(folder: Folder): Promise<Shards> {
  const { names } = folder;
  if (names.includes(INDEX)) return indexed(folder);
  const part = names.find((name) => PART.test(name));
  if (part !== undefined) fail(`${named(part)} is a part of a checkpoint, of which ${INDEX} is missing`);
  if (names.includes(ONE)) return { files: [ONE], fileOf: null };
  const files = names.filter((name) => name.endsWith(".safetensors"));
  if (files.length === 1) return { files, fileOf: null };
  if (files.length > 1) fail(`there is no ${ONE}, but ${showAll(files)}: open the one you mean`);
  fail(noneOf(ONE, names));
}

/** "there is no model.safetensors among the files (...)", and what to do where the weights are there in another form. */
export function noneOf(file: string, names: readonly string[]): string {
  const [pickled, gguf] = [/\.(bin|pth?|ckpt)$/, /\.gguf$/i].map((form) => names.find((name) => form.test(name)));
  const hint =
    pickled !== undefined
      ? `; ${named(pickled)} may hold programs: save it as safetensors in Python`
      : gguf !== undefined
        ? `; ${named(gguf)} is in the form of llama.cpp: take the files that it was made from, or load it in transformers and save_pretrained it`
        : "";
  return `there is no ${file} among the files (${names.length ? showAll(names) : "there are none"})${hint}`;
}

async function indexed(folder: Folder): Promise<Shards> {
  const failInIndex: Fail = (sentence) => fail(`${INDEX}: ${sentence}`);
  const text = await readBytes(folder, INDEX);
  const { weight_map: map } = parseStrictly(text, "the index", "it is damaged", failInIndex);
  if (!isRecord(map)) failInIndex("it has no weight_map");
  const fileOf = new Map<string, string>();
  for (const [tensor, file] of Object.entries(map)) {
    if (typeof file !== "string") failInIndex(`weight_map has no file for ${named(tensor)}`);
    if (/[/\\:\0]/.test(file) || !file.endsWith(".safetensors"))
      failInIndex(`${named(tensor)} is in ${named(file)}, which is no name of a safetensors file in its folder`);
    fileOf.set(tensor, file);
  }
  const files = [...new Set(fileOf.values())].sort();
  const there = new Set(folder.names);
  const missing = files.filter((file) => !there.has(file));
  if (missing.length) failInIndex(`it names ${showAll(missing)}, which is not among the files`);
  const more = folder.names.filter((name) => (name === ONE || PART.test(name)) && !files.includes(name));
  if (more.length) failInIndex(`it does not name ${showAll(more)}: which of them are the weights?`);
  return { files, fileOf };
}
