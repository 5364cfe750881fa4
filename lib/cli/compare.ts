/** `twinformer compare`: two to four models side by side. */

import { oneLine } from "../text/printable.js";
import { clip } from "../text/show.js";
import { cacheBytes, cacheBytesPerToken } from "../account/memory/cache.js";
import { weightBytes } from "../account/memory/dtypes.js";
import { shippedWeights } from "../account/memory/shipped.js";
import type { Account } from "../account/account.js";
import type { Kind } from "../account/part.js";
import { fitting, wrap } from "../account/text/lines.js";
import { bytes, grouped, percent, short } from "../account/text/numbers.js";
import { columns } from "../account/text/table.js";
import { stepBytes } from "../cost/bytes/step.js";
import { flops } from "../cost/flops/flops.js";
import { bound } from "../cost/roofline/bound.js";
import { inFlops, perSecond } from "../cost/text.js";
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

function rowsOf(models: readonly Counted[], options: Options): Row[] {
  const { tokens, batch, kvDtype: dtype } = options;
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
    ...costRows(models, options, row),
  ];
}

/** What a new token takes: of decoders alone. */
function costRows(
  models: readonly Counted[],
  options: Options,
  row: (label: string, text: (a: Account) => string, of?: (a: Account) => number) => Row,
): Row[] {
  if (models.some(({ account }) => account.caches.length === 0)) return [];
  const { tokens: context, batch, kvDtype, dtype, device, devices } = options;
  const step = { phase: "decode", context, batch, kvDtype, dtype } as const;
  // A quantization that is not known here has no bytes.
  const known = dtype !== "shipped" || models.every(({ account }) => shippedWeights(account)?.bytes !== null);
  const computed = (a: Account): number => flops(a, step).total;
  const moved = (a: Account): number => stepBytes(a, step).total;
  const rows = [
    row("computed for a new token", (a) => inFlops(computed(a) / batch), computed),
    ...(known ? [row("moved for it", (a) => bytes(moved(a) / batch), moved)] : []),
  ];
  if (!device || !known) return rows;
  const on = devices === 1 ? device.name : `${devices} × ${device.name}`;
  const fast = (phase: "prefill" | "decode") => (a: Account) => bound(a, device, { ...step, phase, devices });
  for (const phase of ["prefill", "decode"] as const) {
    const speed = (a: Account): number => fast(phase)(a).tokensPerSecond;
    rows.push(row(`${phase} tokens/s, ${on}`, (a) => perSecond(speed(a)), speed));
    rows.push(row("  bound by", (a) => fast(phase)(a).bound));
  }
  return [...rows, row("  fits", (a) => (fast("decode")(a).capacity.fits ? "yes" : "no"))];
}

/** How many times the first the second is. */
function times(left: number, right: number): string {
  if (left === 0 || right === 0) return "";
  const ratio = right / left;
  return `${ratio >= 100 ? grouped(Math.round(ratio)) : ratio.toPrecision(3)}×`;
}
