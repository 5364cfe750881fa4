/** `twinformer count`: one model. */

import type { Account } from "../account/account.js";
import { oneLine } from "../text/printable.js";
import { named } from "../text/show.js";
import { cacheBytes, cacheBytesPerToken, reservedCacheBytes } from "../account/memory/cache.js";
import { shippedWeights } from "../account/memory/shipped.js";
import { blocks, fitting, prose, TIED, wrap } from "../account/text/lines.js";
import { bytes, grouped, percent, rounded } from "../account/text/numbers.js";
import { columns } from "../account/text/table.js";
import type { Options } from "./options.js";
import { components, published, weights } from "./report.js";
import type { Counted } from "./source.js";
import { formulaText, treeText } from "./tree.js";

export function countText(counted: Counted, options: Options, width: number): string {
  const { account: a } = counted;
  const parts = components(a).map(({ component, total, active }) => [component, grouped(total), grouped(active)]);
  const head = ["component", "total", "active"];
  const rows = [...parts, ["sum", grouped(a.total), grouped(a.active)]];
  return [
    heading(counted, width),
    prose(headline(a), width),
    fitting(
      width,
      () => columns([head, ...rows]),
      () => blocks(head, rows, width),
    ),
    prose(
      [["weights", weightText(a)], ...shippedRows(a), ["cache", cacheText(a, options)], ...reservedRows(a, options)],
      width,
    ),
    ...(options.tree ? [treeText(a, width)] : []),
    ...(options.formula ? [formulaText(a, width)] : []),
  ].join("\n\n");
}

/** Name and type; for a model of the table the source and what its makers say. */
function heading(counted: Counted, width: number): string {
  const { name, model, account: a } = counted;
  const own = named(a.modelType);
  const type = a.modelType === a.countedAs ? own : `${own}, counted as ${a.countedAs}`;
  const figures = published(counted);
  const lines = [`${oneLine(name)} (${type})`];
  if (model) lines.push(model.source);
  if (figures) {
    const active = a.moeLayers > 0 ? `, ${figures.active} active` : "";
    lines.push(`published: ${figures.total} total${active}${figures.remark && `; ${figures.remark}`}`);
  }
  return lines.map((line) => wrap(line, width, "  ")).join("\n");
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

/** Words that stay in one line. */
const tied = (text: string): string => text.replaceAll(" ", TIED);

const weightText = (a: Account): string =>
  Object.entries(weights(a))
    .filter(([dtype]) => dtype !== "float16" && dtype !== "int8") // as bfloat16 and fp8
    .map(([dtype, size]) => tied(`${dtype} ${bytes(size)}`))
    .join(` · `);

/** The config's own quantization, where it has one. */
function shippedRows(a: Account): string[][] {
  const shipped = shippedWeights(a);
  if (typeof shipped?.method !== "string") return [];
  if (shipped.bytes === null) return [["shipped", `by ${shipped.method}, whose size is not known here`]];
  const parts = [...shipped.rows].sort((x, y) => y.bytes - x.bytes);
  const stored = parts.map(({ dtype, bytes: size, kinds }, i) => {
    const what = i === 0 && kinds.length < 5 ? ` (${kinds.join(", ")})` : "";
    return `${tied(`${bytes(size)} in ${named(dtype)}`)}${what}`;
  });
  return [["shipped", `${tied(bytes(shipped.bytes))} by its ${shipped.method}: ${stored.join(", ")}`]];
}

function cacheText(a: Account, { tokens, batch, kvDtype: dtype }: Options): string {
  if (a.caches.length === 0) return "none: an encoder reads its text once";
  const forms = [...new Set(a.caches.filter(({ layers }) => layers.value > 0n).map(({ form }) => form))].join(" and ");
  const perToken = `${tied(bytes(cacheBytesPerToken(a, dtype)))} a token in ${dtype} (${forms})`;
  const texts = batch === 1 ? "" : `${grouped(batch)} texts of `;
  return `${perToken}, ${tied(bytes(cacheBytes(a, { tokens, batch, dtype })))} for ${texts}${tied(`${grouped(tokens)} tokens`)}`;
}

/** What an engine sets aside, where that is more than what is needed. */
function reservedRows(a: Account, { tokens, batch, kvDtype: dtype }: Options): string[][] {
  const [needed, reserved] = [cacheBytes(a, { tokens, batch, dtype }), reservedCacheBytes(a, { tokens, batch, dtype })];
  if (needed === 0 || reserved < 1.05 * needed) return [];
  const what = a.caches.some(({ window }) => window !== null)
    ? "whole pages for the layers with a window, too"
    : "whole pages";
  return [["reserved", `${tied(bytes(reserved))} where an engine sets aside ${what}`]];
}
