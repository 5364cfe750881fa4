/** What the command line names: a file, a folder with a config.json, standard input, or a model of the table. */

import { lstatSync, statSync } from "node:fs";
import path from "node:path";
import { type Account, account } from "../account/account.js";
import { show } from "../text/show.js";
import { ConfigError } from "../account/config/errors.js";
import { findModel, type Model, models } from "../account/models/index.js";
import { readable, readConfig } from "./file.js";
import { didYouMean } from "./suggest.js";

export interface Counted {
  /** As a heading. */
  readonly name: string;
  /** As the head of a column. */
  readonly short: string;
  readonly account: Account;
  /** Its row of the table, where it is from there. */
  readonly model: Model | null;
}

/** @param input the descriptor that "-" reads from */
export function countNamed(name: string, input = 0): Counted {
  if (name === "-") return fromFile("standard input", "stdin", input);
  const found = statOf(name);
  if (found) {
    const file = found.isDirectory() ? path.join(name, "config.json") : name;
    if (found.isDirectory() && !statOf(file)) throw new ConfigError(`${name} is a folder without a config.json`);
    return fromFile(file, shortOf(file));
  }
  const model = findModel(name) ?? findModel(hubOf(name) ?? "");
  if (!model) throw new ConfigError(unknown(name));
  if (!model.config) throw new ConfigError(`the size of ${model.name} is not published (${model.source})`);
  return { name: model.name, short: model.name, model, account: account(model.config, { file: model.name }) };
}

function fromFile(file: string, short: string, descriptor?: number): Counted {
  return { name: file, short, model: null, account: account(readConfig(file, descriptor), { file }) };
}

/** The file's own name, or for a config.json its folder's. */
function shortOf(file: string): string {
  const { name, dir } = path.parse(path.resolve(file));
  return name === "config" ? path.basename(dir) || name : name;
}

/** Undefined where nothing has that name. */
function statOf(name: string): ReturnType<typeof statSync> {
  const [there, link] = [statSync, lstatSync].map((stat) =>
    readable(name, () => {
      try {
        return stat(name, { throwIfNoEntry: false });
      } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        if (NO_NAME.has(code)) return undefined;
        throw error;
      }
    }),
  );
  if (!there && link) throw new ConfigError(`${name} is a link to a file that is not there`);
  return there;
}

/** What is no name of a file on this system may be one of a model. */
const NO_NAME = new Set(["ENOTDIR", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE", "EINVAL", "ENOENT"]);

/** "org/name" of an address of the hub, or of a text that looks like that; null for anything else. */
function hubOf(name: string): string | null {
  const [, id] = /^https?:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)\/([\w.-]+\/[\w.-]+)(?:[/?#].*)?$/i.exec(name) ?? [];
  if (id !== undefined) return id;
  return /^\w[\w.-]*\/\w[\w.-]*$/.test(name) && !/\.(json|gguf|safetensors|bin|pt|txt)$/i.test(name) ? name : null;
}

/** Why nothing is found, and how to go on. */
function unknown(name: string): string {
  const hub = hubOf(name);
  const address = hub === null ? name : `https://huggingface.co/${hub}/resolve/main/config.json`;
  const known = models.flatMap((model) => [model.name]);
  if (hub !== null || /^https?:\/\//i.test(name)) {
    const what = hub === null ? "an address" : "a name of the hub that the table does not have";
    const command = SHELL_SAFE.test(address) ? `curl -L ${address} -o config.json` : "curl -L ADDRESS -o config.json";
    return `${show(hub ?? name)} is ${what}, and nothing here uses the network: save it by ${command}, then twinformer count config.json`;
  }
  const meant = didYouMean(name, known);
  return `there is no file, no folder and no known model ${show(name)}${meant || "; twinformer models lists the names, and any config.json can be counted"}`;
}

/** Addresses that a shell takes as one word. */
const SHELL_SAFE = /^[\w./:%~+@=-]{1,300}$/;
