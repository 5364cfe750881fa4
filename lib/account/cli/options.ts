/** What stands on the command line: command, names, options. */

import { parseArgs } from "node:util";
import { show } from "../../text/show.js";
import { type Dtype, dtypeOf } from "../memory/dtypes.js";
import { didYouMean } from "./suggest.js";

/** A command that cannot be understood: exit code 2. */
export class UsageError extends Error {}

export interface Options {
  readonly json: boolean;
  readonly tree: boolean;
  readonly formula: boolean;
  /** Length of a text, texts at the same time, and format of the cache. */
  readonly tokens: number;
  readonly batch: number;
  readonly kvDtype: Dtype;
}

export interface Command {
  readonly name: "count" | "compare" | "models" | "help" | "version";
  readonly names: readonly string[];
  readonly options: Options;
}

const OPTIONS = {
  json: { type: "boolean" },
  tree: { type: "boolean" },
  formula: { type: "boolean" },
  tokens: { type: "string" },
  batch: { type: "string" },
  "kv-dtype": { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;
type Option = keyof typeof OPTIONS;

/** Which options each command takes; help and version stand alone. */
const TAKES: Readonly<Record<"count" | "compare" | "models", readonly Option[]>> = {
  count: ["json", "tree", "formula", "tokens", "batch", "kv-dtype"],
  compare: ["json", "tokens", "batch", "kv-dtype"],
  models: ["json"],
};
const isCommand = (name: string): name is keyof typeof TAKES => Object.hasOwn(TAKES, name);

export function parse(args: readonly string[]): Command {
  const { values, positionals } = split(args);
  const [command, ...names] = positionals;
  const options = {
    json: values.json ?? false,
    tree: values.tree ?? false,
    formula: values.formula ?? false,
    tokens: size("--tokens", values.tokens ?? "4096"),
    batch: size("--batch", values.batch ?? "1"),
    kvDtype: format(values["kv-dtype"] ?? "bfloat16"),
  };
  if (values.help) return { name: "help", names, options };
  if (values.version) return { name: "version", names, options };
  if (command === undefined) throw new UsageError("twinformer needs a command");
  if (!isCommand(command))
    throw new UsageError(`twinformer has no command ${show(command)}${didYouMean(command, Object.keys(TAKES))}`);
  const wrong = (Object.keys(values) as Option[]).find((option) => !TAKES[command].includes(option));
  if (wrong) throw new UsageError(`twinformer ${command} takes no --${wrong}`);
  return { name: command, names, options };
}

function split(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\.\s/);
    const [, option = ""] = /Unknown option '(-[^']*)'/.exec(sentence) ?? [];
    const names = Object.keys(OPTIONS).map((name) => `--${name}`);
    throw new UsageError(`twinformer: ${sentence}${didYouMean(option, names)}`);
  }
}

const TIMES: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2 };

/** An integer from 1: "4096", "4,096", "4_096", "128k" for 128 · 1,024 and "1M" for 1,024². */
function size(option: string, text: string): number {
  const [, digits = "", unit = ""] = /^(\d{1,3}(?:[,_]\d{3})+|\d+(?:\.\d+)?)\s?([km]?)$/i.exec(text) ?? [];
  const value = Number(digits.replace(/[,_]/g, "")) * TIMES[unit.toLowerCase()];
  if (digits !== "" && Number.isSafeInteger(value) && value > 0) return value;
  throw new UsageError(`${option} needs an integer from 1, such as 4096, 4,096, 128k or 1M, got ${show(text)}`);
}

function format(text: string): Dtype {
  try {
    return dtypeOf("--kv-dtype", text);
  } catch (error) {
    throw new UsageError(
      error instanceof RangeError ? `--kv-dtype ${error.message.replace("--kv-dtype: dtype ", "")}` : String(error),
    );
  }
}
