/** `twinformer compare`: two to four models side by side. */

import { oneLine } from "../../text/printable.js";
import { clip } from "../../text/show.js";
import { cacheBytes, cacheBytesPerToken } from "../memory/cache.js";
import { weightBytes } from "../memory/dtypes.js";
import type { Kind } from "../part.js";
import { fitting, wrap } from "../text/lines.js";
import { bytes, grouped, percent, short } from "../text/numbers.js";
import { columns } from "../text/table.js";
import type { Options } from "./options.js";
import type { Counted } from "./source.js";

interface Row {
  readonly label: string;
  /** One for each model. */
  readonly cells: readonly string[];
  /** The same in few characters. */
  readonly short: readonly string[];
  /** How many times the first each is; empty for the first, and where that says nothing. */
  readonly ratios: readonly string[];
}

export function compareText(models: readonly Counted[], options: Options, width: number): string {
  const heads = headsOf(models);
  const rows = rowsOf(models, options);
  const two = models.length === 2;
  return fitting(
    width,
    () =>
      columns([
        ["", heads[0], ...heads.slice(1).flatMap((head) => [head, two ? "second / first" : "/ first"])],
        ...rows.map(({ label, cells, ratios }) => [
          label,
          cells[0],
          ...cells.slice(1).flatMap((cell, i) => [cell, ratios[i + 1]]),
        ]),
      ]),
    () => columns([["", ...heads], ...rows.map(({ label, cells }) => [label, ...cells])]),
    () => columns([["", ...heads], ...rows.map(({ label, short: few }) => [label, ...few])]),
    () => stacked(heads, rows, width),
  );
}

/** What each row says, model by model on lines of their own. */
const stacked = (heads: readonly string[], rows: readonly Row[], width: number): string =>
  rows
    .map(({ label, cells, ratios }) => {
      const lines = columns(cells.map((cell, i) => [`  ${heads[i]}`, cell, ratios[i]])).split("\n");
      return [label.trim(), ...lines].map((line) => wrap(line, width, "    ")).join("\n");
    })
    .join("\n");

/** Short names, numbered where two models have the same. */
function headsOf(models: readonly Counted[]): string[] {
  const names = models.map(({ short }) => clip(oneLine(short), 24));
  return names.map((name, i) =>
    names.filter((other) => other === name).length > 1 && models.some(({ name: path }) => path !== models[i].name)
      ? `${clip(name, 20)} (${i + 1})`
      : name,
  );
}

function rowsOf(models: readonly Counted[], { tokens, batch, kvDtype: dtype }: Options): Row[] {
  const accounts = models.map(({ account }) => account);
  type A = (typeof accounts)[number];
  const row = (label: string, text: (a: A) => string, of: (a: A) => number = () => 0, few = text): Row => ({
    label,
    cells: accounts.map(text),
    short: accounts.map(few),
    ratios: accounts.map((a, i) => (i === 0 ? "" : times(of(accounts[0]), of(a)))),
  });
  const count = (label: string, of: (a: A) => bigint): Row =>
    row(
      label,
      (a) => grouped(of(a)),
      (a) => Number(of(a)),
      (a) => short(of(a)),
    );
  const inBytes = (label: string, of: (a: A) => number): Row => row(label, (a) => bytes(of(a)), of);
  const kinds = (Object.keys(accounts[0].byKind) as Kind[]).filter((kind) => accounts.some((a) => a.byKind[kind] > 0n));
  const texts = batch === 1 ? "" : `${grouped(batch)} × `;
  return [
    count("total", (a) => a.total),
    count("active", (a) => a.active),
    row("active share", ({ total, active }) => percent(Number(active) / Number(total))),
    count("active without embeddings", (a) => a.activeWithoutEmbeddings),
    row("experts", ({ experts: { total, topK }, moeLayers }) => (moeLayers > 0 ? `${topK} of ${total}` : "dense")),
    ...kinds.map((kind) => count(`  ${kind}`, (a) => a.byKind[kind])),
    inBytes("weights in bfloat16", (a) => weightBytes(a, "bfloat16")),
    inBytes(`cache a token in ${dtype}`, (a) => cacheBytesPerToken(a, dtype)),
    inBytes(`cache, ${texts}${grouped(tokens)} tokens`, (a) => cacheBytes(a, { tokens, batch, dtype })),
  ];
}

/** How many times the first the second is. */
function times(left: number, right: number): string {
  if (left === 0 || right === 0) return "";
  const ratio = right / left;
  return `${ratio >= 100 ? grouped(Math.round(ratio)) : ratio.toPrecision(3)}×`;
}
