/** The twins that come trained: see assets/models. */

import { tokenizerFromJson } from "../data/tokenizerJson.js";
import type { Tokenizer } from "../data/tokenizer.js";
import { checkWord } from "../config/options.js";
import { describe } from "../tensor/check.js";
import { loadPretrained, twinOf } from "./pretrained/index.js";
import type { Transformer } from "./transformer.js";

/** dense and moe are twins of equal active size; unbalanced is the mixture without anything that keeps its experts in use. */
export const trainedNames = ["dense", "moe", "unbalanced"] as const;
export type TrainedName = (typeof trainedNames)[number];

export interface Trained {
  /** A twin, in evaluation mode; it can be trained further. */
  model: Transformer;
  tokenizer: Tokenizer;
}

const FILES = ["config.json", "model.safetensors", "tokenizer.json"] as const;

/** A twin that has learned: `npm run pretrain` trained it on English, Spanish, program text and arithmetic (assets/domains), and its card
 *  in assets/models says how well. They are not part of the npm package.
 *  @param options.from the folder that holds the models' folders: a path or an address. Default: assets/models of this project, in
 *  Node; in a page, assets/models beside it
 *  Throws where the files are not there. */
export async function pretrained(name: TrainedName, { from }: { from?: string | URL } = {}): Promise<Trained> {
  checkWord("pretrained", "the name", name, trainedNames);
  if (from !== undefined && typeof from !== "string" && !(from instanceof URL))
    throw new TypeError(`pretrained: from must be the path or address of a folder, got ${describe(from)}`);
  const entries = await Promise.all(FILES.map(async (file) => [file, await bytesOf(`${name}/${file}`, from)] as const));
  const files = Object.fromEntries(entries) as Record<(typeof FILES)[number], Uint8Array>;
  const { "config.json": config, "model.safetensors": weights } = files;
  const loaded = await loadPretrained({ "config.json": config, "model.safetensors": weights });
  return { model: twinOf(loaded), tokenizer: tokenizerFromJson(new TextDecoder().decode(files["tokenizer.json"])) };
}

const WHERE = "they are kept in assets/models of the project, not in the npm package: give their folder as { from }";

async function bytesOf(file: string, from: string | URL | undefined): Promise<Uint8Array> {
  const place = placeOf(file, from);
  const process = (globalThis as { process?: { getBuiltinModule?: (name: string) => typeof import("node:fs") } })
    .process;
  const fs = process?.getBuiltinModule?.("node:fs");
  if (fs && (typeof place === "string" || place.protocol === "file:")) {
    if (!fs.existsSync(place)) throw new Error(`pretrained: there is no ${String(place)}; ${WHERE}`);
    return new Uint8Array(fs.readFileSync(place));
  }
  const answer = await fetch(place);
  if (!answer.ok) throw new Error(`pretrained: ${String(place)} was answered by ${answer.status}; ${WHERE}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** A path in Node, else an address. */
function placeOf(file: string, from: string | URL | undefined): string | URL {
  const isPage = typeof location === "object";
  if (from === undefined) {
    const here = import.meta.url; // apart, or a bundler would look for the files
    return isPage ? new URL(`assets/models/${file}`, location.href) : new URL(`../../assets/models/${file}`, here);
  }
  const folder = String(from).replace(/\/?$/, "/");
  return isPage || /^(https?|file):/.test(folder)
    ? new URL(folder + file, isPage ? location.href : undefined)
    : folder + file;
}
