/** What the command line names: a file, a folder with a config.json, or a model of the table. */

import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import path from "node:path";
import { type Account, account } from "../account.js";
import { show } from "../../text/show.js";
import { ConfigError } from "../config/errors.js";
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
    throw new ConfigError(
      `there is no file, no folder and no known model ${show(name)}; the known models are ${names}`,
    );
  }
  if (!model.config) throw new ConfigError(`the size of ${model.name} is not published (${model.source})`);
  return { name: model.name, source: model.source, account: account(model.config, { file: model.name }) };
}

export function readConfig(file: string): Config {
  let config: unknown;
  try {
    config = JSON.parse(textOf(file));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigError(`${file} is not JSON: ${error.message.replace(/\s+/g, " ")}`);
  }
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new ConfigError(`${file} must hold an object, { … }, got ${show(config)}`);
  return config as Config;
}

/** The text of a file, of which at most LARGEST + 1 bytes are read: what the system calls its size may be anything, and a pipe or
 *  a device may have no end. */
function textOf(file: string): string {
  const stat = statSync(file);
  if (!stat.isFile()) throw new ConfigError(`${file} is no file: a folder, a pipe or a device has no config`);
  if (stat.size > LARGEST) throw tooLong(file, (stat.size / 1e6).toFixed(1));
  const handle = openSync(file, "r");
  try {
    const bytes = new Uint8Array(LARGEST + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(handle, bytes, length, bytes.length - length, null);
    if (length > LARGEST) throw tooLong(file, `more than ${LARGEST / 1e6}`);
    return new TextDecoder().decode(bytes.subarray(0, length)); // without the byte order mark, if it has one
  } finally {
    closeSync(handle);
  }
}

const tooLong = (file: string, size: string): ConfigError =>
  new ConfigError(`${file} has ${size} MB, and a config.json a few kB: is it another file?`);
