/** `twinformer count`: one model. */

import type { Account } from "../account.js";
import { expression } from "../expression.js";
import { oneLine } from "../../text/printable.js";
import { named } from "../../text/show.js";
import { cacheBytes, cacheBytesPerToken } from "../memory/cache.js";
import { bytes, grouped, percent, rounded } from "../text/numbers.js";
import { columns } from "../text/table.js";
import { partRows } from "../text/tree.js";
import { components, weights } from "./report.js";
import type { Counted } from "./source.js";

export interface CountOptions {
  readonly tokens: number;
  readonly tree: boolean;
  readonly formula: boolean;
}

export function countText({ name, source, account: a }: Counted, { tokens, tree, formula }: CountOptions): string {
  const own = named(a.modelType);
  const type = a.modelType === a.countedAs ? own : `${own}, counted as ${a.countedAs}`;
  const parts = components(a).map(({ component, total, active }) => [component, grouped(total), grouped(active)]);
  return [
    `${oneLine(name)} (${type})${source ? `\n${source}` : ""}`,
    columns(headline(a), [0, 2]),
    columns([["component", "total", "active"], ...parts, ["sum", grouped(a.total), grouped(a.active)]]),
    `weights  ${memory(a)}`,
    `cache    ${cache(a, tokens)}`,
    ...(tree ? [columns([["part", "shape", "each", "total", "active"], ...treeLines(a)], [0, 1])] : []),
    ...(formula ? [formulaText(a)] : []),
  ].join("\n\n");
}

function headline(a: Account): string[][] {
  const share = percent(Number(a.active) / Number(a.total));
  const { total, topK, shared } = a.experts;
  const why =
    a.moeLayers === 0
      ? "all of them: the model is dense"
      : `${share}: ${topK} of ${total} experts${shared > 0 ? ` and ${shared} shared` : ""} in ${a.moeLayers} of ${a.layers} layers`;
  const head = a.tied
    ? "without the input embedding: the head is the same table, and stays"
    : "without the input embedding";
  return [
    ["total", grouped(a.total), rounded(a.total)],
    ["active", grouped(a.active), `${rounded(a.active)}, ${why}`],
    ["", grouped(a.activeWithoutInputEmbedding), head],
    ["", grouped(a.activeWithoutEmbeddings), "without input embedding and head"],
  ];
}

const memory = (a: Account): string =>
  Object.entries(weights(a))
    .filter(([dtype]) => dtype !== "float16" && dtype !== "int8") // as bfloat16 and fp8
    .map(([dtype, size]) => `${dtype} ${bytes(size)}`)
    .join(" · ");

function cache(a: Account, tokens: number): string {
  if (a.caches.length === 0) return "none: an encoder reads its text once";
  const forms = [...new Set(a.caches.filter(({ layers }) => layers.value > 0n).map(({ form }) => form))].join(" and ");
  const perToken = `${bytes(cacheBytesPerToken(a))} a token in bfloat16 (${forms})`;
  return `${perToken}, ${bytes(cacheBytes(a, { tokens }))} for ${grouped(tokens)} tokens`;
}

const treeLines = (a: Account): string[][] =>
  partRows(a).map(({ depth, name, shape, sizes, times, activeTimes, each, total, active, buffer }) => {
    const some = activeTimes === times ? "" : `, ${activeTimes} active`;
    const many = times === 1n ? "" : `  ×${grouped(times)}${some}`;
    const numbers = buffer ? ["", "not counted", ""] : [grouped(each), grouped(total), grouped(active)];
    return [`${"  ".repeat(depth)}${name}${many}`, shape && `${shape} = ${sizes}`, ...numbers];
  });

function formulaText(a: Account): string {
  const total = expression(a.tree, "total");
  const active = expression(a.tree, "active");
  const used = a.letters.filter(({ letter }) => new RegExp(`\\b${letter}\\b`).test(`${total} ${active}`));
  return [
    `total = ${total}`,
    ...(active === total ? [] : [`active = ${active}`]),
    columns([["where", "", ""], ...used.map(({ letter, field, value }) => [letter, grouped(value), field])], [0, 2]),
  ].join("\n");
}
