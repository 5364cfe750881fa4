import { countWords, ownWords, treeRows, type TreeRow } from "../nn/structure/tree.js";
import type { Module } from "../nn/module.js";
import { bold, cell, shareBar, table } from "../plot/account/table.js";
import { escapeHtml } from "../plot/escape.js";
import { oneLine } from "../text/printable.js";
import type { Picture } from "./picture.js";

const BAR = 120; // pixels of a part that holds all parameters

/** The parts of a model as a table: name, class, number of parameters, share of the whole, weights with their shapes.
 *  A plain table without style sheet or script: an untrusted notebook and a sanitized page show it too, without the bars at worst. */
export function moduleTree(model: Module): Picture {
  const rows = treeRows(model);
  const total = rows[0].count;
  const head = ["part", "class", "parameters", "share", "weights"];
  const attributes = `data-module="${escapeHtml(rows[0].kind)}" data-parameters="${escapeHtml(String(total))}"`;
  return {
    name: "module",
    description: oneLine(`${rows[0].kind}: ${total.toLocaleString("en")} parameters`),
    html: () =>
      `<div class="twinformer-module" ${attributes} style="overflow-x:auto">${table(
        head.map((word) => cell("th", word, word === "parameters")),
        rows.map((row) => line(row, total)),
      )}</div>`,
  };
}

function line(row: TreeRow, total: number): string {
  const count = row.copies * row.count;
  const strong = (words: string) => (row.depth === 0 ? bold(words) : words);
  const cells = [
    cell("td", row.depth === 0 ? bold("model") : "\u2003".repeat(row.depth) + row.name), // em spaces: no sanitizer takes them away
    cell("td", strong(row.kind)),
    cell("td", strong(countWords(row)), true),
    cell("td", shareBar(count / total, BAR)),
    cell("td", ownWords(row)), // last: it may be long
  ];
  return `<tr data-part="${escapeHtml(row.name)}" data-count="${count}">${cells.join("")}</tr>`;
}
