/** What is drawn where there are more rows than a picture can hold, and how the rest is told. */

import { ascending, descending } from "d3";
import { grouped, percent } from "../../text/numbers.js";

/** At most `count` of them, evenly spread, with the first and the last: layers, factors. */
export const spreadOver = <T>(all: readonly T[], count: number): readonly T[] =>
  all.length <= count
    ? all
    : Array.from({ length: count }, (_, i) => all[Math.round((i * (all.length - 1)) / Math.max(count - 1, 1))]);

/** The `count` largest of them, in the order in which they stand: experts, models. */
export function largestOf<T>(all: readonly T[], count: number, size: (item: T) => number): readonly T[] {
  if (all.length <= count) return all;
  const places = all.map((item, i) => ({ i, size: size(item) }));
  places.sort((a, b) => descending(a.size, b.size) || ascending(a.i, b.i));
  return places
    .slice(0, count)
    .sort((a, b) => ascending(a.i, b.i))
    .map(({ i }) => all[i]);
}

/** "8 of 100 rules"; "" where all are shown. @param which "the busiest" */
export const someOf = (shown: number, all: number, what: string, which = ""): string =>
  shown < all ? `${which ? `${which} ` : ""}${grouped(shown)} of ${grouped(all)} ${what}` : "";

/** "a; b; and 3 others": words are made for no more items than are said. */
export const listed = <T>(all: readonly T[], words: (item: T) => string, most = 8, between = "; "): string =>
  [
    ...all.slice(0, most).map((item) => words(item)),
    ...(all.length > most ? [`and ${grouped(all.length - most)} others`] : []),
  ].join(between);

/** All of them, of whom one thing is said: "dense and MoE alike", "all 5". */
export const alike = (names: readonly string[]): string =>
  names.length === 2 ? `${names.join(" and ")} alike` : `all ${grouped(names.length)}`;

/** A share as words have it. */
export const shareInWords = (share: number): string => (Number.isFinite(share) ? percent(share) : "not a number");
