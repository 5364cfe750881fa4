import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  coverageRows,
  expertsTouched,
  mostTouched,
  repetitionRows,
  type RoutingTrace,
} from "../../../lib/cost/index.js";

/** Texts of equal length whose tokens have k of E experts in one layer. */
const anyTrace = fc
  .record({ E: fc.integer({ min: 1, max: 8 }), pick: fc.nat(), T: fc.integer({ min: 1, max: 9 }) })
  .chain(({ E, pick, T }) => {
    const k = 1 + (pick % E);
    const experts = Array.from({ length: E }, (_, e) => e);
    const token = fc.tuple(fc.shuffledSubarray(experts, { minLength: k, maxLength: k }));
    return fc
      .array(fc.array(token, { minLength: T, maxLength: T }), { minLength: 1, maxLength: 9 })
      .map((chosen): { k: number; trace: RoutingTrace } => ({ k, trace: { nExpert: E, chosen } }));
  });

describe("experts that batches of a trace touch", () => {
  it("lie between k and min(E, B k): one token reads k, and a batch that is twice as large no fewer", () => {
    fc.assert(
      fc.property(anyTrace, ({ k, trace }) => {
        const { nExpert, chosen } = trace;
        const rows = coverageRows(trace, { batches: [1, 2, 4, 8], expertBytes: 10 });
        expect(rows.filter(({ batch }) => batch === 1).length).toBe(2);
        for (const { batch, touched, byLoad, uniform, most, bytes, tokens, batches } of rows) {
          if (batch === 1) expect(touched).toBeCloseTo(k, 12);
          expect(touched).toBeGreaterThanOrEqual(k - 1e-12);
          expect(most).toBeCloseTo(mostTouched(nExpert, k, batch), 12);
          expect(touched).toBeLessThanOrEqual(most + 1e-12);
          expect(uniform).toBeCloseTo(expertsTouched(nExpert, k, batch), 9);
          expect(byLoad).toBeLessThanOrEqual(uniform + 1e-9); // (1 - p)^B is convex: equal loads touch most
          expect(bytes).toBe(touched * 10);
          const whole = tokens === "decode" ? [chosen.length, chosen[0].length] : [chosen[0].length, chosen.length];
          expect(batches).toBe(Math.floor(whole[0] / batch) * whole[1]);
        }
      }),
    );
  });

  it("grow with the batch where each larger one is made of the smaller ones", () => {
    fc.assert(
      fc.property(anyTrace, ({ trace }) => {
        const one = { ...trace, chosen: [trace.chosen[0].slice(0, 8)] };
        fc.pre(one.chosen[0].length === 8);
        const touched = coverageRows(one, { batches: [1, 2, 4, 8] })
          .filter(({ tokens }) => tokens === "consecutive")
          .map((row) => row.touched);
        touched.slice(1).forEach((more, i) => expect(more).toBeGreaterThanOrEqual(touched[i]));
      }),
    );
  });

  it("by hand: tokens of one text are alike here, those of different texts are not", () => {
    const trace = { nExpert: 4, chosen: [0, 1, 2, 3].map((expert) => [0, 1, 2].map(() => [[expert]])) };
    const touched = coverageRows(trace, { batches: [2, 4] }).map((row) => [row.tokens, row.batch, row.touched]);
    expect(touched).toEqual([
      ["decode", 2, 2],
      ["decode", 4, 4],
      ["consecutive", 2, 1], // a text has no four tokens
    ]);
    expect(repetitionRows(trace)).toEqual([{ layer: 0, repeated: 1, byLoad: 0.25, uniform: 0.25 }]);
  });
});

it("a token repeats what the one before chose, not what another text's last did", () => {
  const trace = {
    nExpert: 2,
    chosen: [
      [[[0]], [[0]]],
      [[[0]], [[1]]],
    ],
  };
  const [row] = repetitionRows(trace);
  expect(row.repeated).toBe(0.5);
  expect(row.byLoad).toBeCloseTo(0.75 ** 2 + 0.25 ** 2, 12);
  expect(repetitionRows({ nExpert: 2, chosen: [[[[1]]]] })[0].repeated).toBe(0);
});
