/** The command line: `twinformer count CONFIG`, `twinformer compare A B`, `twinformer models`. */

import { parseArgs } from "node:util";
import { printable } from "../../text/printable.js";
import { sentence, show } from "../../text/show.js";
import { ConfigError } from "../config/errors.js";
import { modelRows } from "../models/index.js";
import { grouped, percent } from "../text/numbers.js";
import { columns } from "../text/table.js";
import { compareText } from "./compare.js";
import { countText } from "./count.js";
import { exactJson } from "./json.js";
import { jsonReport } from "./report.js";
import { type Counted, countNamed } from "./source.js";

const USAGE = `twinformer count CONFIG [options]     parameters, total and active, and what they weigh
twinformer compare A B [options]      two models side by side
twinformer models [--json]            the models that are known by name

  CONFIG, A, B     a config.json of Hugging Face, a folder with one, or a model's name, such as Mixtral-8x7B
  --json           one object with exact integers
  --tree           every tensor with its shape
  --formula        the count as a formula, in the letters of the config
  --tokens N       length of the text for the cache (default 4,096)

What was assumed or left out is said on stderr. Exit code 1: the config cannot be counted; 2: the command is not understood.`;

/** A command that cannot be understood: exit code 2. */
class UsageError extends Error {}

export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Runs one command and gives its exit code. */
export function run(args: readonly string[], { out, err }: Terminal): 0 | 1 | 2 {
  try {
    out(printable(answer(args, (note) => err(sentence(`note: ${note}`)))));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) err(`${sentence(error.message)}\n\n${USAGE}`);
    else if (error instanceof ConfigError || isSystemError(error)) err(sentence(error.message));
    else throw error;
    return error instanceof UsageError ? 2 : 1;
  }
}

/** A file that cannot be read: the system's own sentence names it. */
const isSystemError = (error: unknown): error is Error => error instanceof Error && "syscall" in error;

function answer(args: readonly string[], note: (sentence: string) => void): string {
  const { values, positionals } = parse(args);
  const [command, ...names] = positionals;
  if (values.help || command === undefined) {
    if (values.help) return USAGE;
    throw new UsageError("twinformer needs a command");
  }
  const tokens = wholeNumber("--tokens", values.tokens);
  const counted = (): Counted[] => {
    const models = names.map(countNamed);
    for (const { account } of models) account.notes.forEach(note);
    return models;
  };
  switch (command) {
    case "count": {
      if (names.length !== 1) throw new UsageError(`twinformer count needs one CONFIG, got ${names.length}`);
      const [model] = counted();
      const { tree, formula } = values;
      return values.json ? exactJson(jsonReport(model, tokens)) : countText(model, { tokens, tree, formula });
    }
    case "compare": {
      if (names.length !== 2) throw new UsageError(`twinformer compare needs two models, got ${names.length}`);
      const [a, b] = counted();
      return values.json ? exactJson([a, b].map((model) => jsonReport(model, tokens))) : compareText(a, b);
    }
    case "models":
      if (names.length > 0) throw new UsageError("twinformer models takes no name: twinformer count NAME counts one");
      return values.json ? exactJson(modelRows()) : modelsText();
    default:
      throw new UsageError(`twinformer has no command ${show(command)}`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        tree: { type: "boolean", default: false },
        formula: { type: "boolean", default: false },
        tokens: { type: "string", default: "4096" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`twinformer: ${error instanceof Error ? error.message.split(". ")[0] : String(error)}`);
  }
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text.replaceAll(",", ""));
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new UsageError(`${option} needs an integer from 1, got ${show(text)}`);
}

function modelsText(): string {
  const rows = modelRows().map((row) => [
    row.name,
    row.total === null ? "not published" : grouped(row.total),
    row.active === null ? "not published" : grouped(row.active),
    row.ratio === null ? "" : percent(row.ratio),
    row.experts ? `${row.topK} of ${row.experts}` : row.experts === 0 ? "dense" : "",
  ]);
  return columns([["model", "total", "active", "share", "experts"], ...rows]);
}
