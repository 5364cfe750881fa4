import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cacheRows, cacheSpeed, guessFromSeen, guessRows, type RoutingTrace } from "../../../lib/cost/index.js";

/** A trace of one to three texts; every token has k of E experts in each layer. */
const anyTrace = fc
  .record({
    E: fc.integer({ min: 1, max: 6 }),
    pick: fc.nat(),
    layers: fc.integer({ min: 1, max: 3 }),
    lengths: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
  })
  .chain(({ E, pick, layers, lengths }) => {
    const choice = fc.shuffledSubarray(
      Array.from({ length: E }, (_, e) => e),
      { minLength: 1 + (pick % E), maxLength: 1 + (pick % E) },
    );
    const token = fc.array(choice, { minLength: layers, maxLength: layers });
    return fc
      .tuple(...lengths.map((length) => fc.array(token, { minLength: length, maxLength: length })))
      .map((chosen): RoutingTrace => ({ nExpert: E, chosen }));
  });
/** The same with guesses of the same form. */
const withGuesses = fc.tuple(anyTrace, fc.infiniteStream(fc.nat())).map(([trace, numbers]) => ({
  trace,
  guesses: trace.chosen.map((text) =>
    text.map((token) =>
      token.map(() => {
        const value = numbers.next().value as number;
        return Array.from({ length: trace.nExpert }, (_, e) => e).filter((e) => (value >> e) & 1);
      }),
    ),
  ),
}));
const needed = ({ chosen }: RoutingTrace): number => chosen.flat(3).length;
/** Experts that are asked for the first time, as a share. */
const first = ({ chosen }: RoutingTrace): number => {
  const tokens = chosen.flat();
  return tokens[0].reduce((sum, _, l) => sum + new Set(tokens.flatMap((token) => token[l])).size, 0);
};

/** The most hits of one layer that any rule can have, by trying all contents of the slots. */
function mostHits(stream: readonly (readonly number[])[], E: number, slots: number): number {
  const sizes = Array.from({ length: 2 ** E }, (_, set) => set.toString(2).replaceAll("0", "").length);
  let best = new Map<number, number>([[0, 0]]); // sets as bits
  for (const experts of stream) {
    const after = new Map<number, number>();
    for (const [held, hits] of best) {
      const now = hits + experts.filter((e) => (held >> e) & 1).length;
      const all = experts.reduce((bits, e) => bits | (1 << e), held);
      for (let keep = all; ; keep = (keep - 1) & all) {
        if (sizes[keep] <= slots) after.set(keep, Math.max(after.get(keep) ?? 0, now));
        if (keep === 0) break;
      }
    }
    best = after;
  }
  return Math.max(...best.values());
}

describe("a cache of experts, over any trace", () => {
  it("finds no less with more slots, whatever its rule, from nothing with none to all but first uses with E", () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const rows = cacheRows(trace);
        for (const policy of ["lru", "mostUsed", "optimal"]) {
          const rates = rows.filter((row) => row.policy === policy).map(({ hitRate }) => hitRate);
          expect(rates.length).toBe(trace.nExpert + 1);
          expect(rates[0]).toBe(0);
          expect(rates.at(-1)).toBeCloseTo(1 - first(trace) / needed(trace), 12);
          rates.slice(1).forEach((rate, i) => expect(rate).toBeGreaterThanOrEqual(rates[i]));
        }
      }),
      { numRuns: 40 },
    );
  });

  it("that knows the future finds as much as can be found, and no other finds more", () => {
    fc.assert(
      fc.property(anyTrace, fc.integer({ min: 0, max: 6 }), (trace, slots) => {
        const [lru, mostUsed, optimal] = cacheRows(trace, { slots: [slots] }).map(({ hitRate }) => hitRate);
        expect(optimal).toBeGreaterThanOrEqual(lru);
        expect(optimal).toBeGreaterThanOrEqual(mostUsed);
        const tokens = trace.chosen.flat();
        const hits = tokens[0].map((_, l) =>
          mostHits(
            tokens.map((t) => t[l]),
            trace.nExpert,
            slots,
          ),
        );
        expect(optimal).toBeCloseTo(hits.reduce((a, b) => a + b, 0) / needed(trace), 12);
      }),
      { numRuns: 25 },
    );
  });

  it("moves what is missed and guessed; guesses change no hit, and right ones alone add nothing", () => {
    fc.assert(
      fc.property(withGuesses, fc.integer({ min: 0, max: 6 }), ({ trace, guesses }, each) => {
        const slots = [each];
        const tokens = trace.chosen.flat().length;
        const plain = cacheRows(trace, { slots });
        const guessed = cacheRows(trace, { slots, guesses });
        const known = cacheRows(trace, { slots, guesses: trace.chosen });
        plain.forEach((row, i) => {
          expect([row.foreseenRate, row.wasted]).toEqual([0, 0]);
          expect(row.fetched * tokens).toBeCloseTo((1 - row.hitRate) * needed(trace), 9);
          expect(guessed[i].hitRate).toBe(row.hitRate);
          expect(guessed[i].fetched).toBeCloseTo(row.fetched + guessed[i].wasted, 9);
          expect(known[i].hitRate + known[i].foreseenRate).toBeCloseTo(1, 12);
          expect(known[i].fetched).toBeCloseTo(row.fetched, 12);
        });
      }),
    );
  });

  it("by hand: what was used last, and what is used most", () => {
    const trace = { nExpert: 3, chosen: [[[[0]], [[1]], [[0]], [[1]], [[2]], [[0]]]] };
    const hits = cacheRows(trace, { slots: [1, 2] }).map((row) => [row.policy, row.slots, row.hitRate * 6]);
    expect(hits).toEqual([
      ["lru", 1, 0], // 0 1 0 1: always the other
      ["lru", 2, 2], // 2 takes the place of 0
      ["mostUsed", 1, 2], // 0, from its second use on
      ["mostUsed", 2, 3],
      ["optimal", 1, 2],
      ["optimal", 2, 3], // 2 is never kept
    ]);
    const seen = { nExpert: 3, chosen: [[[[2]]]] };
    expect(cacheRows(trace, { slots: [1], policies: ["mostUsed"], seen })[0].hitRate).toBe(0);
  });
});

describe("tokens a second, over any trace, link and computing", () => {
  const anyCost = fc.record({
    slots: fc.integer({ min: 0, max: 6 }),
    expertBytes: fc.integer({ min: 1, max: 1000 }),
    layerSeconds: fc.integer({ min: 1, max: 1000 }),
  });
  const links = [1e-3, 0.1, 1, 10, 1e6];

  it("lie below both bounds, and a faster link is never slower", () => {
    fc.assert(
      fc.property(withGuesses, anyCost, ({ trace, guesses }, cost) => {
        for (const more of [{}, { guesses }]) {
          const rows = cacheSpeed(trace, { ...cost, ...more, links });
          const layers = trace.chosen[0][0].length;
          rows.forEach(({ link, tokensPerSecond, waiting, bytesPerToken }, i) => {
            expect(tokensPerSecond).toBeLessThanOrEqual((1 + 1e-9) / (layers * cost.layerSeconds));
            // What was guessed for nothing may still be on its way at the end: only what had to arrive counts.
            if (!("guesses" in more)) expect(tokensPerSecond * bytesPerToken).toBeLessThanOrEqual(link * (1 + 1e-9));
            expect(waiting).toBeCloseTo(1 - tokensPerSecond * layers * cost.layerSeconds, 9);
            if (i > 0) expect(tokensPerSecond).toBeGreaterThanOrEqual(rows[i - 1].tokensPerSecond * (1 - 1e-9));
          });
        }
      }),
    );
  });

  it("are without guesses computing and waiting in turn; who knows what comes is never slower", () => {
    fc.assert(
      fc.property(anyTrace, anyCost, (trace, cost) => {
        const plain = cacheSpeed(trace, { ...cost, links });
        const known = cacheSpeed(trace, { ...cost, links, guesses: trace.chosen });
        const computing = trace.chosen[0][0].length * cost.layerSeconds;
        plain.forEach(({ link, tokensPerSecond, bytesPerToken }, i) => {
          expect(1 / tokensPerSecond / (computing + bytesPerToken / link)).toBeCloseTo(1, 9);
          expect(known[i].tokensPerSecond).toBeGreaterThanOrEqual(tokensPerSecond * (1 - 1e-9));
          expect(known[i].bytesPerToken).toBe(bytesPerToken);
        });
      }),
    );
  });

  it("by hand: a right guess hides a layer's time of the transfer, a wrong one delays what is needed", () => {
    const trace = { nExpert: 4, chosen: [[[[0]], [[1]], [[2]], [[3]]]] };
    const on = { slots: 1, expertBytes: 1e9, layerSeconds: 0.5, links: [1e9] };
    const seconds = (more: object) => 4 / cacheSpeed(trace, { ...on, ...more })[0].tokensPerSecond;
    expect(seconds({})).toBeCloseTo(6, 12);
    expect(seconds({ guesses: trace.chosen })).toBeCloseTo(4.5, 12);
    const wrong = [[[[]], [[3]], [[3]], [[0]]]];
    expect(seconds({ guesses: wrong })).toBeCloseTo(7.5, 12); // 3 guesses of a second each, half of it beside computing
  });
});

describe("guesses", () => {
  const chain = {
    nExpert: 4,
    chosen: [
      [
        [[0], [3], [1]],
        [[1], [2], [0]],
        [[0], [3], [1]],
      ],
    ],
  };

  it("learned from a trace in which a layer follows from the one before are right, and none is made for the first", () => {
    const guesses = guessFromSeen(chain, chain, 1);
    expect(guesses[0][0]).toEqual([[], [3], [1]]);
    expect(guessRows(chain, guesses)).toEqual([
      { layer: 0, recall: 0, byChance: 0 },
      { layer: 1, recall: 1, byChance: 0.25 },
      { layer: 2, recall: 1, byChance: 0.25 },
    ]);
    expect(guessRows(chain, guessFromSeen(chain, chain, 4)).map(({ recall }) => recall)).toEqual([0, 1, 1]);
    expect(guessFromSeen(chain, chain, 0).flat(3)).toEqual([]);
  });

  it("of another model, or for other tokens, are refused in a sentence", () => {
    const other = { nExpert: 4, chosen: [[[[0], [3]]]] };
    expect(() => guessFromSeen(other, chain, 1)).toThrow(
      "guessFromSeen: seen must be of the same model, with 3 layers of 4 experts, got 2 layers of 4 experts",
    );
    expect(() => cacheRows(chain, { guesses: other.chosen })).toThrow(
      "cacheRows: guesses must be for the same texts, tokens and layers as the trace's experts",
    );
  });
});

it("what is no trace is refused in a sentence", () => {
  const refused = (trace: unknown) => {
    try {
      cacheRows(trace as never);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  expect(refused(null)).toBe("cacheRows: nExpert must be an integer from 1, got undefined");
  expect(refused({ nExpert: 2 })).toBe("cacheRows: chosen must be a list, got undefined");
  expect(refused({ nExpert: 2, chosen: [] })).toBe(
    "cacheRows: a trace needs a token and a layer with experts, got none",
  );
  expect(refused({ nExpert: 2, chosen: [[[[2]]]] })).toBe(
    "cacheRows: chosen[0][0][0] must be different experts from 0 to 1, got 2",
  );
  expect(refused({ nExpert: 2, chosen: [[[[1, 1]]]] })).toBe(
    "cacheRows: chosen[0][0][0] must be different experts from 0 to 1, got 1, 1",
  );
  expect(refused({ nExpert: 2, chosen: [[[[1]], [[1], [0]]]] })).toBe(
    "cacheRows: chosen[0][1] must have 1 layers as others, got 2",
  );
});
