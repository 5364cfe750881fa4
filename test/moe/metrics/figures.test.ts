import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Generator, randn } from "../../../lib/index.js";
import { favorites, flowRows, loadRows, queueRows, route, type Routing, tokenRows } from "../../../lib/moe/index.js";
import { loadChart, queues, routerHeatMap, tokenFlow } from "../../../lib/plot/index.js";

const limited = { topK: 2, capacityFactor: 1, overflow: "drop" } as const;
const words = (count: number) => Array.from({ length: count }, (_, n) => "abc"[n % 3]);
const routings = fc
  .record({ seed: fc.nat(999), nToken: fc.integer({ min: 1, max: 40 }), drops: fc.boolean() })
  .map(({ seed, nToken, drops }) =>
    [seed, seed + 1].map((s) => route(randn([nToken, 4], new Generator(s)), drops ? limited : { topK: 2 })),
  );
const placed = ({ positions }: Routing): number => positions.filter((position) => position >= 0).length;
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

describe("rows of a routing", () => {
  test("of tokens hold each place once, and the weights that the layer multiplies by", () => {
    fc.assert(
      fc.property(routings, (all) => {
        const rows = tokenRows(all, words(all[0].nToken), { layers: [3, 7] });
        expect(rows.map(({ layer }) => layer)).toEqual(
          [3, 7].flatMap((layer) => words(all[0].nToken).map(() => layer)),
        );
        all.forEach((routing, l) => {
          const own = rows.slice(l * routing.nToken, (l + 1) * routing.nToken);
          expect(own.flatMap(({ probs }) => probs)).toEqual([...routing.probs.toTypedArray()]);
          const kept = routing.assignments().filter(({ position }) => position >= 0);
          expect(own.flatMap(({ chosen }, token) => chosen.map((expert) => [token, expert]))).toEqual(
            kept.map(({ token, expert }) => [token, expert]),
          );
          expect(own.flatMap(({ weights }) => weights)).toEqual(kept.map(({ weight }) => weight));
        });
        expect(routerHeatMap(rows, { topK: null }).svg()).toContain("</svg>");
      }),
    );
  });

  test("of a flow count each place once, or each first choice", () => {
    fc.assert(
      fc.property(routings, (all) => {
        const kinds = words(all[0].nToken);
        const count = (rows: ReturnType<typeof flowRows>, layer: number) =>
          sum(rows.filter((row) => row.layer === layer).map((row) => row.count));
        all.forEach((routing, l) => expect(count(flowRows(all, kinds), l)).toBe(placed(routing)));
        const first = flowRows(all, kinds, { favorites: true });
        expect([count(first, 0), count(first, 1)]).toEqual([all[0].nToken, all[0].nToken]);
        for (const { layer, from, expert, count: found } of first)
          expect(found).toBe([...favorites(all[layer])].filter((e, n) => e === expert && kinds[n] === from).length);
        expect(tokenFlow(first).svg()).toContain("</svg>");
      }),
    );
  });

  test("of a flow through all layers: where each token was before", () => {
    fc.assert(
      fc.property(routings, (all) => {
        const rows = flowRows(all, words(all[0].nToken), { through: true });
        const [before, now] = all.map((routing) => [...favorites(routing)]);
        for (const { from, expert, count } of rows.filter(({ layer }) => layer === 1))
          expect(count).toBe(now.filter((e, n) => e === expert && before[n] === from).length);
        expect(tokenFlow(rows).svg()).toContain("</svg>");
      }),
    );
  });

  test("of a load end in the load of the whole text", () => {
    fc.assert(
      fc.property(routings, fc.integer({ min: 1, max: 9 }), (all, stops) => {
        const rows = loadRows(all, { stops, by: "mine" });
        expect(rows).toHaveLength(Math.min(stops, all[0].nToken));
        expect(rows.at(-1)).toMatchObject({ by: "mine", step: all[0].nToken });
        rows
          .at(-1)!
          .load.forEach((load, l) => load.forEach((share, e) => expect(share).toBeCloseTo(all[l].demand[e], 10)));
        expect(loadChart(rows).svg()).toContain("</svg>");
      }),
    );
  });

  test("of queues are the assignments, in the words of the figure", () => {
    fc.assert(
      fc.property(routings, ([routing]) => {
        const texts = words(routing.nToken);
        expect(queueRows(routing, texts, "a rule")).toEqual(
          routing
            .assignments()
            .map(({ token, expert, status }) => ({ by: "a rule", token: texts[token], expert, status })),
        );
        expect(queues(queueRows(routing, texts.join(""))).svg()).toContain("</svg>");
      }),
    );
  });

  test("need a text for each token", () => {
    const routing = route(randn([2, 4], new Generator(1)), { topK: 1 });
    for (const [name, rows] of Object.entries({ tokenRows, flowRows, queueRows }))
      expect(() => rows(routing, "abc")).toThrow(`${name} needs a text for each of 2 tokens, got 3`);
    expect(() => tokenRows({} as never, "")).toThrow(/^tokenRows/);
  });
});
