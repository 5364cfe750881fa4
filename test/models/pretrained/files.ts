/** The committed tiny models (made by test/golden/python/pretrained.py), as files to load and to change. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Files } from "../../../lib/models/pretrained/index.js";
import { loadSafetensors, saveSafetensors, type StateDict } from "../../../lib/nn/index.js";

const folder = fileURLToPath(new URL("../../golden/data/models", import.meta.url));

export const names = readdirSync(folder);

export const fileOf = (name: string, file: string): Uint8Array => readFileSync(`${folder}/${name}/${file}`);

export const filesOf = (name: string): Files => ({
  "config.json": fileOf(name, "config.json"),
  "model.safetensors": fileOf(name, "model.safetensors"),
});

export const tensorsOf = (name: string, file = "model"): StateDict =>
  loadSafetensors(fileOf(name, `${file}.safetensors`)).state;

export type Config = Record<string, unknown>;

export const configOf = (name: string): Config =>
  JSON.parse(new TextDecoder().decode(fileOf(name, "config.json"))) as Config;

/** The files with another config and other tensors. */
export const changed = (
  name: string,
  config: (config: Config) => Config = (same) => same,
  tensors: (tensors: StateDict) => StateDict = (same) => same,
): Files => ({
  "config.json": new TextEncoder().encode(JSON.stringify(config(configOf(name)))),
  "model.safetensors": saveSafetensors(tensors(tensorsOf(name))),
});
