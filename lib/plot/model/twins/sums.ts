/** What stands at each place of a transformer, and how large it is. */

import { sum } from "d3";
import { grouped, percent } from "../../../text/numbers.js";
import { amount, type Columns, optional, readRows, text } from "../../rows/columns.js";
import { groupOf } from "../groups.js";

/** Parameters of one component of one of the twins. */
export interface TwinRow {
  /** "embedding", "attention", "feed-forward", "router", "expert", "shared expert", "norm", "head": rows of one name add up. */
  readonly component: string;
  readonly total: number;
  /** Those that work on a token; default all. */
  readonly active?: number;
}

const COLUMNS: Columns<TwinRow> = { component: text, total: amount, active: optional(amount) };

/** The places of a transformer, from the top down, as a sentence calls them. */
export const PLACES = {
  embedding: "embedding",
  attention: "attention",
  feedForward: "the feed-forward layer",
  norm: "norms",
  head: "the head",
} as const;
export type PlaceName = keyof typeof PLACES;
export const places = Object.keys(PLACES) as PlaceName[];

export interface Sizes {
  readonly total: number;
  readonly active: number;
}

/** What stands at each place: in that of the feed-forward layer perhaps several. */
export type Sums = Readonly<Record<PlaceName, Readonly<Record<string, Sizes>>>>;

const placeOf = (component: string): { place: PlaceName; part: string } => {
  if (/^(lm_)?head/i.test(component)) return { place: "head", part: "head" };
  const { name } = groupOf([component]);
  if (name === "embeddings" || /^position/i.test(component)) return { place: "embedding", part: "embedding" };
  if (name === "attention") return { place: "attention", part: name };
  if (name === "norms and others") return { place: "norm", part: "norm" };
  return { place: "feedForward", part: name };
};

export function sumsOf(twin: "dense" | "moe", data: Iterable<TwinRow>): Sums {
  const rows = readRows(`twinBlocks with ${twin}`, data, COLUMNS);
  const sums: Record<PlaceName, Record<string, Sizes>> = {
    embedding: {},
    attention: {},
    feedForward: {},
    norm: {},
    head: {},
  };
  rows.forEach(({ component, total, active = total }, i) => {
    if (active > total * (1 + 1e-9))
      throw new RangeError(
        `twinBlocks needs 'active' to be no more than 'total', row ${i} of ${twin} has ${active} of ${total}`,
      );
    const { place, part: named } = placeOf(component);
    // `parameterRows` calls experts by the name of the layer that they make up; only of experts some rest.
    const part = named === "feed-forward" && active < total ? "experts" : named;
    const before = sums[place][part] ?? { total: 0, active: 0 };
    sums[place][part] = { total: before.total + total, active: before.active + active };
  });
  return sums;
}

export const totalOf = (parts: Sums[PlaceName]): number => sum(Object.values(parts), ({ total }) => total);
export const totals = (sums: Sums): Sizes => {
  const all = places.flatMap((name) => Object.values(sums[name]));
  return { total: sum(all, ({ total }) => total), active: sum(all, ({ active }) => active) };
};

export const isEqual = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(a, b);

/** "2 of 8", or "25 % of the". */
export const working = (experts: readonly number[]): string =>
  experts.length === 2 ? `${grouped(experts[0])} of ${grouped(experts[1])}` : `${percent(experts[0])} of the`;
