/** What a head of attention looks at, and which heads of many are worth a look. */

import { ascending, greatest, group, mean } from "d3";

/** The weights of one head. */
export interface Head {
  readonly layer: number;
  readonly head: number;
  /** [T][T]: how much each token (row) takes from each other (column). */
  readonly weights: readonly (readonly number[])[];
}

/** Where a head can look, in the order in which a head of this kind is shown first: position of the key for a query at q. */
export const PLACES = {
  "the token before": (q: number) => q - 1,
  "the token after": (q: number) => q + 1,
  itself: (q: number) => q,
  "the first token": () => 0,
  "no one place": () => NaN,
} as const;
export type Place = keyof typeof PLACES;
const places = Object.keys(PLACES) as Place[];

export interface SeenHead extends Head {
  /** Where more than half of its attention goes, on average over the queries. */
  readonly place: Place;
  /** The share that goes there; at no one place the largest of all places. */
  readonly share: number;
}

/** The first two tokens have nowhere else to look where attention is causal: they say nothing of the head. */
const FIRST = 2;

export function seen(head: Head): SeenHead {
  const queries = head.weights.map((_, q) => q).slice(FIRST);
  const shares = places.map((place) => {
    const at = queries.filter((q) => PLACES[place](q) in head.weights);
    return { place, share: mean(at, (q) => head.weights[q][PLACES[place](q)]) ?? 0 };
  });
  const best = greatest(shares, (a, b) => ascending(a.share, b.share));
  if (!best) return { ...head, place: "no one place", share: 0 };
  return { ...head, share: best.share, place: best.share > 0.5 ? best.place : "no one place" };
}

/** Heads by where they look, in the order of PLACES, the clearest first. */
export function byPlace(heads: readonly SeenHead[]): [Place, SeenHead[]][] {
  const groups = group(heads, ({ place }) => place);
  return places.flatMap((place) => {
    const own = groups.get(place);
    return own ? [[place, [...own].sort((a, b) => b.share - a.share)] as [Place, SeenHead[]]] : [];
  });
}

/** The order in which heads are worth a look: the clearest of each kind, then the second of each, and so on. */
export function inTurn(groups: readonly (readonly [Place, readonly SeenHead[]])[]): SeenHead[] {
  const most = Math.max(0, ...groups.map(([, own]) => own.length));
  return Array.from({ length: most }, (_, i) => groups.flatMap(([, own]) => (i < own.length ? [own[i]] : []))).flat();
}

/** As everywhere in figures, layers and heads are counted from 1 in words. */
export const nameOf = ({ layer, head }: Pick<Head, "layer" | "head">): string => `layer ${layer + 1}, head ${head + 1}`;
