import { clip, show } from "../text/show.js";
import type { Loads } from "./rows/training.js";

/** Shares over time, averaged in equal stretches of steps: shares[layer][expert][stretch], NaN where nothing was measured. */
export interface LoadHistory {
  readonly layers: number;
  readonly experts: number;
  /** Number of stretches; each is `limit / stretches` steps long. */
  readonly stretches: number;
  readonly shares: readonly (readonly Float64Array[])[];
  /** Where a share was NaN or infinite: broken[layer][expert][stretch]. */
  readonly broken: readonly (readonly Uint8Array[])[];
  /** The exact shares of the last row: [layer][expert]. */
  readonly now: readonly (readonly number[])[];
  /** The largest share ever seen. */
  readonly largest: number;
}

const CELLS = 3600; // of 12 bytes or less each: keeps a picture of many experts below 60 kB

/** @param limit right end of the step axis. @param most largest number of stretches: about one every 6 pixels. */
export function loadHistory(rows: readonly Loads[], limit: number, most: number): LoadHistory | undefined {
  const found = rows.flatMap(({ step, load }) => (load ? [{ step, load }] : []));
  const last = found[found.length - 1];
  if (!last) return undefined;
  const layers = last.load.length;
  const experts = last.load[0]?.length ?? 0;
  for (const { step, load } of found) checkLoad(load, step, layers, experts);
  const measured = found.map(({ step, load }) => ({ step, load: load.map((layer) => sharesOf(layer, step)) }));
  const now = measured[measured.length - 1].load;
  // Rows that come only every few steps must not leave stripes of nothing between them.
  const between = last.step / measured.length;
  const stretches = Math.max(1, Math.floor(Math.min(most, limit / Math.max(between, 1), CELLS / (layers * experts))));
  const grid = () =>
    Array.from({ length: layers }, () => Array.from({ length: experts }, () => new Float64Array(stretches)));
  const shares = grid();
  const counts = grid();
  const broken = shares.map((layer) => layer.map(() => new Uint8Array(stretches)));
  let largest = 0;
  measured.forEach((row) => {
    const stretch = Math.min(stretches - 1, Math.floor((row.step * stretches) / limit));
    row.load.forEach((layer, l) =>
      layer.forEach((share, e) => {
        if (!Number.isFinite(share)) {
          broken[l][e][stretch] = 1;
          return;
        }
        shares[l][e][stretch] += share;
        counts[l][e][stretch] += 1;
        largest = Math.max(largest, share);
      }),
    );
  });
  shares.forEach((layer, l) => layer.forEach((row, e) => row.forEach((sum, s) => (row[s] = sum / counts[l][e][s]))));
  return { layers, experts, stretches, shares, broken, now, largest };
}

/** Shares as they are; counts of tokens by their sum. A layer that got no token has no shares. */
function sharesOf(layer: readonly number[], step: number): readonly number[] {
  if (!layer.every(Number.isFinite)) return layer;
  const sum = layer.reduce((all, value) => all + value, 0);
  if (layer.every((value) => value >= 0)) {
    if (sum === 0 || Math.abs(sum - 1) < 0.01) return layer; // float16 rounds
    if (layer.every(Number.isInteger)) return layer.map((count) => count / sum);
  }
  throw new RangeError(
    `loadChart needs shares that sum to 1, or counts of tokens, in each layer of 'load', step ${step} has [${clip(layer.map(String).join(", "), 60)}]`,
  );
}

function checkLoad(load: unknown, step: number, layers: number, experts: number): void {
  const lists = Array.isArray(load) ? (load as unknown[]) : [];
  const sizes = lists.map((list) =>
    Array.isArray(list) && list.every((share) => typeof share === "number") ? list.length : show(list),
  );
  if (sizes.length === layers && sizes.every((size) => size === experts) && layers > 0 && experts > 0) return;
  const found = Array.isArray(load) ? `${sizes.length} lists of ${sizes.join(", ")}` : show(load);
  throw new TypeError(
    `loadChart needs 'load' as [layer][expert] numbers of one size in all rows, here ${layers} layers of ${experts} experts; ` +
      `step ${step} has ${found}`,
  );
}
