/** `twinformer models`: the table. */

import { type ModelRow, modelRows } from "../account/models/index.js";
import { fitting } from "../account/text/lines.js";
import { grouped, percent, short } from "../account/text/numbers.js";
import { columns } from "../account/text/table.js";

const HEAD = ["model", "total", "active", "share", "experts"];

export function modelsText(width: number): string {
  const rows = modelRows();
  const counts = rows.map((row) => [
    row.name,
    row.total === null ? "not published" : grouped(row.total),
    row.active === null ? "not published" : grouped(row.active),
    row.ratio === null ? "" : percent(row.ratio),
    row.experts ? `${row.topK} of ${row.experts}` : row.experts === 0 ? "dense" : "",
  ]);
  const figures = rows.map(({ total, publishedTotal, publishedActive, ratio }) =>
    total === null || ratio === 1 || publishedActive === "not published"
      ? [publishedTotal, ""]
      : [publishedTotal, publishedActive],
  );
  return fitting(
    width,
    () => columns([[...HEAD, "published", "active"], ...counts.map((row, i) => [...row, ...figures[i]])]),
    () => columns([HEAD, ...counts]),
    () => columns([HEAD.slice(0, 3), ...rows.map((row) => [row.name, few(row.total), few(row.active)])]),
  );
}

const few = (value: bigint | null): string => (value === null ? "unknown" : short(value));

/** Rows with the names that `count --json` has; the first names of four columns stay beside them. */
export const modelsJson = (): (ModelRow & Record<string, unknown>)[] =>
  modelRows().map((row) => ({
    ...row,
    n_experts: row.experts,
    top_k: row.topK,
    published_total: row.publishedTotal,
    published_active: row.publishedActive,
  }));
