/** What a model of a folder looks like: counts, memory, parts. Plain tables, which an untrusted notebook shows too. */

import type { Account } from "../../account/account.js";
import { weightBytes } from "../../account/memory/dtypes.js";
import { bytes, grouped } from "../../account/text/numbers.js";
import { partRows } from "../../account/text/tree.js";
import { partTable } from "../../plot/account/partTable.js";
import { bold, cell, table } from "../../plot/table/markup.js";
import { parameterBars } from "../../plot/account/parameterBars.js";
import { escapeHtml } from "../../plot/escape.js";
import { oneLine } from "../../text/printable.js";
import type { OpenedModel } from "./open.js";

/** Bytes of a number where it is computed with. */
const FLOAT32 = 4;
const FORMATS = ["float32", "bfloat16", "fp8", "int4"] as const;
/** Rows of a list of tensors. */
const MOST = 200;

export function openedHtml(opened: OpenedModel, options?: { readonly still?: boolean }): string {
  const { account, dtypes } = opened;
  const numbers = dtypes.reduce((sum, row) => sum + row.numbers, 0);
  const total = account ? Number(account.total) : numbers;
  const parts = [
    scrolls(
      facts([
        ["family", opened.family],
        ...(account ? counts(account) : []),
        [account ? "in the files" : "not counted", opened.comparison],
        ["to run it here", opened.problem ?? `float32: ${bytes(FLOAT32 * total)}`],
        ...(account?.notes ?? []).map((note): [string, string] => ["note", note]),
      ]),
    ),
    scrolls(memory(opened)),
    ...(account ? [bars(account, options), partTable(partRows(account)).html()] : [scrolls(tensors(opened))]),
  ];
  return `<div class="twinformer-model" data-family="${escapeHtml(opened.family)}">${parts.join("")}</div>`;
}

/** In a narrow notebook a table scrolls in a box of its own. */
const scrolls = (markup: string): string => `<div style="overflow-x:auto">${markup}</div>`;

function counts(counted: Account): [string, string][] {
  const { total, active, experts, layers, moeLayers } = counted;
  const choice = `${grouped(experts.topK)} of ${grouped(experts.total)} experts a token, in ${moeLayers} of ${layers} layers`;
  return [
    ["parameters", `${grouped(total)}, of which ${grouped(active)} work on one token`],
    ["weights as", FORMATS.map((dtype) => `${dtype} ${bytes(weightBytes(counted, dtype))}`).join(", ")],
    ["kind", moeLayers > 0 ? `mixture of experts: ${choice}` : `dense, ${layers} layers`],
  ];
}

/** Words that may take several lines. */
const sentence = (words: string): string =>
  `<td align="left" style="text-align:left;padding:2px;max-width:600px;white-space:normal">${escapeHtml(oneLine(words))}</td>`;

const facts = (rows: readonly (readonly [string, string])[]): string =>
  table(
    [],
    rows.map(([name, words]) => `<tr>${cell("td", bold(name))}${sentence(words)}</tr>`),
  );

function memory({ dtypes }: OpenedModel): string {
  const head = ["numbers in the files", "tensors", "numbers", "memory"];
  return table(
    head.map((word, i) => cell("th", word, i > 0)),
    dtypes.map(
      ({ dtype, tensors, numbers, bytes: size }) =>
        `<tr data-dtype="${escapeHtml(dtype)}">${cell("td", dtype)}${[grouped(tensors), grouped(numbers), bytes(size)]
          .map((words) => cell("td", words, true))
          .join("")}</tr>`,
    ),
  );
}

function bars({ byKind, activeByKind }: Account, options?: { readonly still?: boolean }): string {
  const rows = Object.entries(byKind)
    .filter(([, total]) => total > 0n)
    .map(([component, total]) => ({
      component,
      total: Number(total),
      active: Number(activeByKind[component as keyof typeof activeByKind]),
    }));
  return parameterBars(rows).html(options);
}

function tensors({ tensors: rows }: OpenedModel): string {
  const head = ["tensor", "how many", "shape", "dtype", "numbers"];
  const lines = rows
    .slice(0, MOST)
    .map(
      ({ name, count, shape, dtype, numbers }) =>
        `<tr>${cell("td", oneLine(name))}${cell("td", count > 1 ? `× ${grouped(count)}` : "")}${cell("td", `[${shape.join(", ")}]`)}${cell("td", dtype)}${cell("td", grouped(numbers), true)}</tr>`,
    );
  const rest = rows.length - lines.length;
  if (rest > 0) lines.push(`<tr>${cell("td", `and ${grouped(rest)} more`)}</tr>`);
  return table(
    head.map((word) => cell("th", word, word === "numbers")),
    lines,
  );
}
