/** What the figures read of a training row. Further columns are welcome and stay in `data-last`. */
export interface LossRow {
  /** Rows of one name make one line; default "model". */
  readonly model?: string;
  readonly step: number;
  /** Training loss of this step's batch, cross-entropy in nats per token. */
  readonly loss: number;
  /** The same on held-out text, where it was measured at this step. */
  readonly valLoss?: number | null;
}

export interface LoadRow {
  readonly model?: string;
  readonly step: number;
  /** [layer][expert]: share of the layer's assignments that each expert received; each layer sums to 1. */
  readonly load?: readonly (readonly number[])[] | null;
}

/** Checks that each row has a model and the named numbers. NaN and infinity are numbers here: a figure marks them. */
export function checkRows(figure: string, rows: readonly object[], columns: readonly string[]): void {
  const needs = columns.map((column) => `'${column}'`).join(" and ");
  if (!Array.isArray(rows))
    throw new TypeError(`${figure} needs an array of rows with a number ${needs}, got ${show(rows)}`);
  rows.forEach((row: unknown, index) => {
    for (const column of columns) {
      const value = (row as Record<string, unknown> | null)?.[column];
      if (typeof value === "number") continue;
      throw new TypeError(`${figure} needs rows with a number ${needs}, row ${index} has ${column} ${show(value)}`);
    }
  });
}

/** A value as a sentence shows it: short, and a string in quotes. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  const text =
    typeof value === "object" && !Array.isArray(value) ? "an object" : (JSON.stringify(value) ?? typeof value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Rows by model, in order of first appearance, each in order of arrival. */
export function byModel<Row extends { readonly model?: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = row.model ?? "model";
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}

/** The last row of each model: what a figure says that it shows. */
export function lastRows<Row extends { readonly model?: string }>(rows: readonly Row[]): Record<string, Row> {
  return Object.fromEntries([...byModel(rows)].map(([model, group]) => [model, group[group.length - 1]]));
}
