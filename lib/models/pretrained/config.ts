/** The config.json of a checkpoint: whether it is one, and of which family. */

import { checkObject } from "../../config/options.js";
import { type Folder, readBytes } from "../../nn/state/files.js";
import { isRecord } from "../../format/record.js";
import { parseStrictly } from "../../format/strictJson.js";
import { noneOf } from "../../nn/state/shards.js";
import { named, sentence, show } from "../../text/show.js";
import { families } from "./families/index.js";
import type { Family } from "./families/family.js";
import { DEQUANTIZE } from "./sources.js";

/** What a config.json holds. */
export type Config = Readonly<Record<string, unknown>>;

const FILE = "config.json";

export async function configIn(folder: Folder): Promise<Config> {
  if (!folder.names.includes(FILE)) fail(`${noneOf(FILE, folder.names)}; give the whole folder`);
  return parseStrictly(await readBytes(folder, FILE), FILE, "it is damaged, or no config of transformers", fail);
}

/** The family of a config that is not refused as a whole. */
export function familyOf(config: Config): Family {
  checkObject("loadPretrained", FILE, config);
  const { model_type: type, quantization_config: quantization, compression_config: compression } = config;
  const own = quantization ?? compression;
  if (isRecord(own)) {
    const method = typeof own.quant_method === "string" ? ` (${named(own.quant_method)})` : "";
    fail(`${FILE} has a quantization_config${method}: ${DEQUANTIZE}`);
  }
  const known = Object.keys(families).join(", ");
  if (type === undefined || type === null) fail(`${FILE}: model_type is missing, one of ${known}`);
  if (typeof type !== "string" || !Object.hasOwn(families, type))
    fail(`${FILE}: model_type must be one of ${known}, got ${show(type)}`);
  return families[type];
}

function fail(said: string): never {
  throw new RangeError(sentence(`loadPretrained: ${said}`));
}
