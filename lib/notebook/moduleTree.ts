import { countWords, ownWords, treeRows, type TreeRow } from "../nn/structure/tree.js";
import type { Module } from "../nn/module.js";
import { escapeHtml } from "../plot/escape.js";
import type { Picture } from "./display.js";

const BAR = 120; // pixels of a part that holds all parameters

/** The parts of a model as a table: name, class, number of parameters, share of the whole, weights with their shapes.
 *  A plain table without style sheet or script: an untrusted notebook and a sanitized page show it too, without the bars at worst. */
export function moduleTree(model: Module): Picture {
  const rows = treeRows(model);
  const total = rows[0].count;
  const description = `${rows[0].kind}: ${total.toLocaleString("en")} parameters`;
  const head = ["part", "class", "parameters", "share", "weights"].map((word) =>
    cell("th", word, word === "parameters"),
  );
  return {
    name: "module",
    description,
    html: () =>
      `<div class="twinformer-module" data-module="${escapeHtml(rows[0].kind)}" data-parameters="${total}" style="overflow-x:auto">` +
      `<table style="border-collapse:collapse;font-size:12px;margin:4px 0"><thead><tr>${head.join("")}</tr></thead>` +
      `<tbody>${rows.map((row) => rowMarkup(row, total)).join("")}</tbody></table></div>`,
  };
}

function rowMarkup(row: TreeRow, total: number): string {
  const indent = "\u2003".repeat(row.depth); // em spaces: no sanitizer takes them away
  const name = row.depth === 0 ? "<b>model</b>" : `${indent}${escapeHtml(row.name)}`;
  const cells = [
    cell("td", name),
    cell("td", row.depth === 0 ? `<b>${escapeHtml(row.kind)}</b>` : escapeHtml(row.kind)),
    cell("td", row.depth === 0 ? `<b>${countWords(row)}</b>` : countWords(row), true),
    cell("td", share((row.copies * row.count) / total)),
    cell("td", escapeHtml(ownWords(row))), // last: it may be long
  ];
  return `<tr data-part="${escapeHtml(row.name)}" data-count="${row.copies * row.count}">${cells.join("")}</tr>`;
}

/** A bar in a blue that shows on a light and on a dark ground, and the percentage. */
function share(part: number): string {
  if (!Number.isFinite(part)) return ""; // a model without parameters
  const bar = `display:inline-block;height:8px;margin-right:6px;width:${Math.max(1, Math.round(part * BAR))}px;background-color:#3f8fc4`;
  return `<span style="${bar}"></span>${percentOf(part)}`;
}

const percentOf = (part: number): string =>
  part > 0 && part < 0.001 ? "&lt; 0.1 %" : `${Number((part * 100).toFixed(1))} %`;

/** JupyterLab would set numbers and words alike flush right, and break shapes into several lines. */
function cell(tag: "th" | "td", content: string, right = false): string {
  const side = right ? "right" : "left";
  return `<${tag} align="${side}" style="text-align:${side};padding:2px 12px 2px 2px;white-space:nowrap">${content}</${tag}>`;
}
