/** What `npm run interop` found, as a table. */

import { execFileSync } from "node:child_process";
import { format } from "prettier";
import type { Outcome } from "../golden/report.js";
import { marked } from "./part.js";

export interface Row {
  model: string;
  count: number;
  sharded: number | null;
  /** Largest error of all numbers that were compared. */
  error: number;
  failures: string[];
}

export const rowOf = (model: string, outcomes: readonly (Outcome & { sharded?: boolean })[]): Row => ({
  model,
  count: outcomes.length,
  sharded: outcomes.some(({ sharded }) => sharded !== undefined)
    ? outcomes.filter(({ sharded }) => sharded).length
    : null,
  error: Math.max(...outcomes.map(({ absolute }) => absolute ?? Infinity)),
  failures: outcomes.filter(({ ok }) => !ok).map(({ file, reasons }) => `${file}: ${reasons.join("; ")}`),
});

/** A head, a rule and a line a row, in Markdown. */
export const table = (rows: readonly Row[]): string[] => [
  "| model | configs | in shards | largest absolute error | failed |",
  "| --- | ---: | ---: | ---: | ---: |",
  ...rows.map(
    ({ model, count, sharded, error, failures }) =>
      `| ${model} | ${count} | ${sharded ?? "-"} | ${error.toExponential(1)} | ${failures.length} |`,
  ),
];

interface Run {
  root: string;
  versions: string;
  seed: number;
  count: number;
  /** The part of the page that is kept. */
  framework: string;
}

/** docs/interop.md. */
export async function written(rows: readonly Row[], { root, versions, seed, count, framework }: Run): Promise<string> {
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  const text = `# With other tools

## transformers, both ways

Made by \`npm run interop\` at commit ${git("rev-parse", "--short", "HEAD")}, with ${versions}, seeds ${1000 * seed} to ${1000 * seed + count - 1} for each line.

Twins of random configs are saved by \`savePretrained\` (in f32, f16 or bf16) and loaded by \`AutoModelForCausalLM.from_pretrained\`: its
logits, loss, auxiliary loss and greedy text are compared with the twin's own. (Where the width of an expert is no multiple of 4, torch
refuses the grouped product that transformers takes by default: \`experts_implementation="eager"\` reads such a model.)

Models of random configs of each family are saved by transformers (in one of these formats, some in shards) and loaded by
\`loadPretrained\`: logits, hidden states, router logits, chosen experts and their weights, losses, gradients and greedy text
with and without a cache, some with padding on the left or right, are compared with those of transformers. Saved again, they
have the same tensors, bit for bit. Tolerances: scripts/golden/compare.ts; chosen experts and text must be equal.

${table(rows).join("\n")}

${rows.flatMap(({ failures }) => failures.map((failure) => `- ${failure}`)).join("\n")}

## Observable Framework

${marked(framework)}
`;
  return format(text, { parser: "markdown", printWidth: 140, proseWrap: "preserve" });
}
