/** What stands on the command line: command, names, options. */

import { parseArgs } from "node:util";
import { show } from "../text/show.js";
import { type Dtype, dtypeOf } from "../account/memory/dtypes.js";
import { type Device, devices, findDevice } from "../cost/devices/index.js";
import type { WeightFormat } from "../cost/bytes/weights.js";
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
  /** Null where none is named. */
  readonly device: Device | null;
  readonly devices: number;
  readonly dtype: WeightFormat;
}

export interface Command {
  readonly name: "count" | "compare" | "cost" | "fit" | "models" | "devices" | "help" | "version";
  readonly names: readonly string[];
  readonly options: Options;
}

const OPTIONS = {
  json: { type: "boolean" },
  tree: { type: "boolean" },
  formula: { type: "boolean" },
  tokens: { type: "string" },
  context: { type: "string" },
  device: { type: "string" },
  devices: { type: "string" },
  dtype: { type: "string" },
  batch: { type: "string" },
  "kv-dtype": { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;
type Option = keyof typeof OPTIONS;

/** Which options each command takes; help and version stand alone. */
const STEP = ["json", "tokens", "context", "batch", "kv-dtype"] as const;
const ON_DEVICE = [...STEP, "device", "devices", "dtype"] as const;
const TAKES: Readonly<Record<Exclude<Command["name"], "help" | "version">, readonly Option[]>> = {
  count: [...STEP, "tree", "formula"],
  compare: ON_DEVICE,
  cost: ON_DEVICE,
  fit: ON_DEVICE,
  models: ["json"],
  devices: ["json"],
};
const isCommand = (name: string): name is keyof typeof TAKES => Object.hasOwn(TAKES, name);

export function parse(args: readonly string[]): Command {
  const { values, positionals } = split(args);
  const [command, ...names] = positionals;
  const options = {
    json: values.json ?? false,
    tree: values.tree ?? false,
    formula: values.formula ?? false,
    tokens: size(values.context === undefined ? "--tokens" : "--context", values.context ?? values.tokens ?? "4096"),
    batch: size("--batch", values.batch ?? "1"),
    kvDtype: format("--kv-dtype", values["kv-dtype"] ?? "bfloat16"),
    device: values.device === undefined ? null : deviceNamed(values.device),
    devices: size("--devices", values.devices ?? "1"),
    dtype: weightFormat(values.dtype ?? "shipped"),
  };
  if (values.help) return { name: "help", names, options };
  if (values.version) return { name: "version", names, options };
  if (command === undefined) throw new UsageError("twinformer needs a command");
  if (!isCommand(command))
    throw new UsageError(`twinformer has no command ${show(command)}${didYouMean(command, Object.keys(TAKES))}`);
  const wrong = (Object.keys(values) as Option[]).find((option) => !TAKES[command].includes(option));
  if (values.context !== undefined && values.tokens !== undefined)
    throw new UsageError("--context and --tokens are the same: give one of them");
  if (wrong) throw new UsageError(`twinformer ${command} takes no --${wrong}`);
  const { device, devices: many } = options;
  if (device?.link === null && many > 1)
    throw new UsageError(
      `--devices must be 1 for ${device.name}, which has no link to others of its kind, got ${many}`,
    );
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

function format(option: string, text: string): Dtype {
  try {
    return dtypeOf(option, text);
  } catch (error) {
    throw new UsageError(
      error instanceof RangeError ? `${option} ${error.message.replace(`${option}: dtype `, "")}` : String(error),
    );
  }
}

/** A format, "shipped", or bits for each parameter: "4.85". */
function weightFormat(text: string): WeightFormat {
  if (text === "shipped") return text;
  const bits = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  return bits > 0 && bits <= 64 ? { bits } : format("--dtype", text);
}

function deviceNamed(text: string): Device {
  const found = findDevice(text);
  if (found) return found;
  const names = devices.map(({ name }) => name);
  throw new UsageError(
    `--device knows no ${show(text)}${didYouMean(text, names) || "; twinformer devices lists the names"}`,
  );
}
