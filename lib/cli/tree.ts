/** `--tree` and `--formula` as text. */

import type { Account } from "../account/account.js";
import { fitting, prose, TIED, wrap } from "../account/text/lines.js";
import { grouped } from "../account/text/numbers.js";
import { columns } from "../account/text/table.js";
import { type CountedRow, partRows } from "../account/text/tree.js";
import { formulaOf } from "./report.js";

/** Every tensor with its shape: as a table, with the shapes on lines of their own, or with the numbers there, too. */
export function treeText(a: Account, width: number): string {
  const rows = partRows(a);
  return fitting(
    width,
    () => columns([["part", "shape", "each", "total", "active"], ...rows.map(wide)], [0, 1]),
    () => below(rows),
    () => narrow(rows, width),
  );
}

function label({ depth, name, times, activeTimes }: CountedRow, step = 2): string {
  const some = activeTimes === times ? "" : `, ${grouped(activeTimes)} active`;
  return `${" ".repeat(step * depth)}${name}${times === 1n ? "" : `  ×${grouped(times)}${some}`}`;
}

const shapeOf = ({ shape, sizes }: CountedRow): string => shape && `${shape} = ${sizes}`;

const wide = (row: CountedRow): string[] => [
  label(row),
  shapeOf(row),
  ...(row.buffer ? ["", "not counted", ""] : [grouped(row.each), grouped(row.total), grouped(row.active)]),
];

function below(rows: readonly CountedRow[]): string {
  const numbers = rows.map((row) => [
    label(row),
    row.buffer ? "not counted" : grouped(row.total),
    row.buffer ? "" : grouped(row.active),
  ]);
  const [head, ...lines] = columns([["part", "total", "active"], ...numbers]).split("\n");
  const shapes = rows.map((row) => (row.shape === "" ? [] : [`${" ".repeat(2 * row.depth + 4)}${shapeOf(row)}`]));
  return [head, ...lines.flatMap((line, i) => [line, ...shapes[i]])].join("\n");
}

function narrow(rows: readonly CountedRow[], width: number): string {
  return rows
    .flatMap((row) => {
      const indent = " ".repeat(Math.min(row.depth + 3, width / 4));
      const count =
        row.active === row.total ? grouped(row.total) : `${grouped(row.total)}, ${grouped(row.active)} active`;
      return [
        wrap(label(row, 1).replaceAll(" ", TIED), width, indent),
        ...[shapeOf(row), row.buffer ? "not counted" : count]
          .filter((text) => text !== "")
          .map((text) => wrap(`${indent.replaceAll(" ", TIED)}${text}`, width, indent)),
      ];
    })
    .join("\n");
}

export function formulaText(a: Account, width: number): string {
  const { total, active, letters } = formulaOf(a);
  const where = letters.map(({ letter, value, field }) => [letter, grouped(value), field]);
  return [
    wrap(`total = ${total}`, width, "  "),
    ...(active === total ? [] : [wrap(`active = ${active}`, width, "  ")]),
    prose([["where", "", ""], ...where], width),
  ].join("\n");
}
