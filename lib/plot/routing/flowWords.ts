/** What the rows of a flow say in words. */

import { ascending, greatest, group, rollup, sum } from "d3";
import { percent } from "../../text/numbers.js";
import type { FlowRow } from "./tokenFlow.js";

/** "62 % of "vowel" go to expert 1": the strongest preference of all, with its layer where there are several. */
export function finding(rows: readonly FlowRow[], name: (expert: number) => string): string {
  const sums = rollup(
    rows,
    (own) => sum(own, ({ count }) => count),
    ({ layer = 0 }) => layer,
    ({ from }) => from,
    ({ expert }) => expert,
  );
  const shares = [...sums].flatMap(([layer, places]) =>
    [...places].flatMap(([from, experts]) => {
      const all = sum(experts.values());
      return [...experts].map(([expert, count]) => ({ layer, from, expert, share: count / all, count }));
    }),
  );
  const best = greatest(shares, (a, b) => ascending(a.share, b.share) || ascending(a.count, b.count));
  if (!best || !(best.share > 0)) return "Which tokens go to which expert";
  const whose = typeof best.from === "number" ? `the tokens of ${name(best.from)}` : `"${best.from}"`;
  const to = name(best.expert);
  const where = sums.size > 1 ? ` in layer ${best.layer + 1}` : "";
  return `${percent(best.share)} of ${whose} go to ${/^\d+$/.test(to) ? `expert ${to}` : to}${where}`;
}

/** Where most of the tokens of each place went. */
export function favoritesOf(rows: readonly FlowRow[]): (readonly [place: string, expert: number])[] {
  const places = group(rows, ({ from }) => from);
  return [...places].flatMap(([from, own]) => {
    const counts = rollup(
      own,
      (some) => sum(some, ({ count }) => count),
      ({ expert }) => expert,
    );
    const best = greatest(counts, ([, a], [, b]) => a - b);
    return best && best[1] > 0 ? [[typeof from === "number" ? `expert ${from}` : from, best[0]] as const] : [];
  });
}
