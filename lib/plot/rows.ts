/** What the figures of training read of a row. Further columns are welcome, and are left out of the picture. */
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
