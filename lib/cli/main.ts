/** The command line: `twinformer count CONFIG`, `twinformer compare A B`, `twinformer cost CONFIG --device NAME` and others. */

import { readFileSync } from "node:fs";
import { oneLine, printable } from "../text/printable.js";
import { sentence } from "../text/show.js";
import { ConfigError } from "../account/config/errors.js";
import { shippedWeights } from "../account/memory/shipped.js";
import { prose, wrap } from "../account/text/lines.js";
import { compareText } from "./compare.js";
import { countText } from "./count.js";
import { exactJson } from "./json.js";
import { modelsJson, modelsText } from "./models.js";
import type { Device } from "../cost/devices/index.js";
import { costText } from "./cost/cost.js";
import { devicesJson, devicesText } from "./cost/devices.js";
import { fitText } from "./cost/fit.js";
import { costJson, fitJson } from "./cost/report.js";
import { type Command, type Options, parse, UsageError } from "./options.js";
import { jsonReport } from "./report.js";
import { type Counted, countNamed } from "./source.js";

const COMMANDS = [
  ["twinformer count CONFIG...", "parameters, total and active, and what they weigh"],
  ["twinformer compare A B [C D]", "models side by side"],
  ["twinformer cost CONFIG --device NAME", "FLOPs, bytes and time of a step, at least"],
  ["twinformer fit CONFIG --device NAME", "whether it fits, and the largest batch and length that do"],
  ["twinformer models", "the models that are known by name"],
  ["twinformer learn", "the course as pages that run, served on this machine; in a clone"],
  ["twinformer devices", "the devices that are known by name, with the sources of their figures"],
];
const OPTIONS = [
  [
    "CONFIG",
    "a config.json of Hugging Face, a folder with one, - for standard input, or a model's name, such as Mixtral-8x7B",
  ],
  ["--json", "one object with exact integers; for several models a list"],
  ["--tree", "every tensor with its shape (count)"],
  ["--formula", "the count as a formula, in the letters of the config (count)"],
  ["--tokens N", "length of a text: 4096 (the default), 4,096, 128k (128 · 1,024) or 1M; --context N is the same"],
  ["--batch N", "texts at the same time (default 1)"],
  ["--kv-dtype T", "format of the cache: bfloat16 (the default), fp8, ..."],
  ["--device NAME", "H100-SXM, RTX-4090, M2-Ultra, ... (cost, fit, compare)"],
  ["--devices N", "how many of them share the work (default 1)"],
  [
    "--dtype T",
    "format of the weights: fp8, int4, ..., or 4.85 for bits each; default what the config says, else bfloat16",
  ],
  ["--version", "the version of this program"],
];
const ENDING =
  "What was assumed or left out is said on stderr. Exit code 1: the config cannot be counted; 2: the command is not understood.";

const usage = (width: number): string =>
  [prose(COMMANDS, width), prose(OPTIONS, width), wrap(ENDING, width)].join("\n\n");

export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Characters in a line of each; default 80 for `out`, and for `err` as long as a sentence is. */
  readonly width?: number;
  readonly errWidth?: number;
  /** Descriptor of standard input; default 0. */
  readonly input?: number;
}

/** Width of a terminal: COLUMNS if it is a number from 20, else what the terminal says, if there is one. */
export function widthOf(columns: string | undefined, terminal: number | undefined): number | undefined {
  const wanted = Number(columns ?? "");
  if (Number.isInteger(wanted) && wanted >= NARROWEST) return wanted;
  return terminal === undefined || terminal === 0 ? undefined : Math.max(NARROWEST, terminal);
}
const NARROWEST = 20;

/** Runs one command and gives its exit code. */
export function run(args: readonly string[], terminal: Terminal): 0 | 1 | 2 {
  const { width = 80, errWidth = Infinity, input = 0 } = terminal;
  const out = (text: string): void => {
    terminal.out(printable(text));
  };
  const err = (text: string): void => {
    terminal.err(wrap(sentence(text), errWidth, "  "));
  };
  try {
    return answer(parse(args), { out, err, width, input });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const words = wrap(sentence(error.message), errWidth, "  ");
    terminal.err(`${words}\n\n${usage(Math.min(errWidth, 80))}`);
    return 2;
  }
}

function answer(command: Command, terminal: Terminal & { width: number }): 0 | 1 {
  const { name, names, options } = command;
  const { out, width } = terminal;
  switch (name) {
    case "help":
      out(usage(width));
      return 0;
    case "version":
      out(version());
      return 0;
    case "models":
      if (names.length > 0) throw new UsageError("twinformer models takes no name: twinformer count NAME counts one");
      out(options.json ? exactJson(modelsJson()) : modelsText(width));
      return 0;
    case "devices":
      if (names.length > 0) throw new UsageError("twinformer devices takes no name");
      out(options.json ? exactJson(devicesJson()) : devicesText(width));
      return 0;
    case "cost":
      return onDevice(command, terminal, costJson, costText);
    case "fit":
      return onDevice(command, terminal, fitJson, fitText);
    case "compare": {
      if (names.length < 2 || names.length > 4)
        throw new UsageError(`twinformer compare needs 2 to 4 models, got ${names.length}`);
      const models = counted(names, terminal);
      if (models.length < names.length) return 1;
      out(
        options.json
          ? exactJson(models.map((model) => jsonReport(model, options)))
          : compareText(models, options, width),
      );
      return 0;
    }
    case "count": {
      if (names.length === 0) throw new UsageError("twinformer count needs a CONFIG, got none");
      const models = counted(names, terminal);
      if (models.length === 0) return 1;
      if (options.json) {
        const reports = models.map((model) => jsonReport(model, options));
        out(exactJson(names.length === 1 ? reports[0] : reports));
      } else out(models.map((model) => countText(model, options, width)).join("\n\n\n"));
      return models.length === names.length ? 0 : 1;
    }
  }
}

/** `cost` and `fit`: what each model takes on the device that is named. */
function onDevice(
  { name, names, options }: Command,
  terminal: Terminal & { width: number },
  json: (counted: Counted, device: Device, options: Options) => Record<string, unknown>,
  text: (counted: Counted, device: Device, options: Options, width: number) => string,
): 0 | 1 {
  const { out, err, width } = terminal;
  const { device } = options;
  if (names.length === 0) throw new UsageError(`twinformer ${name} needs a CONFIG, got none`);
  if (device === null)
    throw new UsageError(
      `twinformer ${name} needs --device NAME, such as H100-SXM; twinformer devices lists the names`,
    );
  const models = counted(names, terminal);
  try {
    if (options.json) {
      const reports = models.map((model) => json(model, device, options));
      if (models.length > 0) out(exactJson(names.length === 1 ? reports[0] : reports));
    } else if (models.length > 0) out(models.map((model) => text(model, device, options, width)).join("\n\n\n"));
  } catch (error) {
    // A quantization that is not known here: the sentence asks for --dtype.
    if (!(error instanceof RangeError)) throw error;
    err(error.message);
    return 1;
  }
  return models.length === names.length ? 0 : 1;
}

/** The models that can be counted. Of the others a sentence each says why not. */
function counted(names: readonly string[], { err, input }: Terminal): Counted[] {
  if (names.filter((name) => name === "-").length > 1) throw new UsageError("standard input, -, can be read once");
  return names.flatMap((name) => {
    try {
      const model = countNamed(name, input);
      const notes = [...model.account.notes, ...(shippedWeights(model.account)?.notes ?? [])];
      const which = names.length > 1 ? `note on ${oneLine(model.short)}` : "note";
      for (const note of notes) err(`${which}: ${note}`);
      return [model];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      err(error.message);
      return [];
    }
  });
}

/** Of the package that this file lies in. */
function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
