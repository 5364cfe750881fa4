/** What the command line names: a file, a folder with a config.json, or a model of the table. */

import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { type Account, account } from "../account.js";
import { ConfigError, show } from "../config/errors.js";
import type { Config } from "../config/fields.js";
import { findModel, models } from "../models/index.js";

export interface Counted {
  /** As a heading. */
  readonly name: string;
  readonly source: string;
  readonly account: Account;
}

/** A config has a few thousand characters; with lists of all layers or labels, some hundred thousand. */
const LARGEST = 2e6;

export function countNamed(name: string): Counted {
  if (existsSync(name)) {
    const file = statSync(name).isDirectory() ? path.join(name, "config.json") : name;
    if (!existsSync(file)) throw new ConfigError(`${name} is a folder without a config.json`);
    return { name: file, source: "", account: account(readConfig(file), { file }) };
  }
  const model = findModel(name);
  if (!model) {
    const names = models.map((known) => known.name).join(", ");
    throw new ConfigError(`there is no file, no folder and no known model "${name}"; the known models are ${names}`);
  }
  if (!model.config) throw new ConfigError(`the size of ${model.name} is not published (${model.source})`);
  return { name: model.name, source: model.source, account: account(model.config, { file: model.name }) };
}

export function readConfig(file: string): Config {
  const { size } = statSync(file);
  if (size > LARGEST)
    throw new ConfigError(`${file} has ${(size / 1e6).toFixed(1)} MB, and a config.json a few kB: is it another file?`);
  let config: unknown;
  try {
    config = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/\s+/g, " ") : String(error);
    throw new ConfigError(`${file} is not JSON: ${why}`);
  }
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new ConfigError(`${file} must hold an object, { … }, got ${show(config)}`);
  return config as Config;
}
