/** The twins that come trained: see assets/models. */

import { assetBytes, assetPlace } from "../data/assets.js";
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
  const entries = await Promise.all(
    FILES.map(async (file) => [file, await assetBytes("pretrained", placeOf(name, file, from), WHERE)] as const),
  );
  const files = Object.fromEntries(entries) as Record<(typeof FILES)[number], Uint8Array>;
  const { "config.json": config, "model.safetensors": weights } = files;
  const loaded = await loadPretrained({ "config.json": config, "model.safetensors": weights });
  return { model: twinOf(loaded), tokenizer: tokenizerFromJson(new TextDecoder().decode(files["tokenizer.json"])) };
}

const WHERE = "they are kept in assets/models of the project, not in the npm package: give their folder as { from }";

const placeOf = (name: string, file: string, from: string | URL | undefined): string | URL =>
  from === undefined ? assetPlace(`models/${name}/${file}`) : assetPlace(`${name}/${file}`, from);
