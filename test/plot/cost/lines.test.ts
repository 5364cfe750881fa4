import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compare } from "../../../lib/plot/cost/crossing.js";
import { logAxis, plain, ticksOf } from "../../../lib/plot/cost/parts/axes.js";
import { copiesAdapters, coverageChart, crossings } from "../../../lib/plot/index.js";
import { digits, percent } from "../../../lib/text/numbers.js";
import { geometry, read } from "../read.js";

const positive = fc.double({ min: 1e-3, max: 1e9, noNaN: true });
const line = (name: string, xs: readonly number[], ys: readonly number[]) => ({
  name,
  points: xs.map((x, i) => ({ x, y: ys[i] })),
});
const titleOf = (figure: ReturnType<typeof crossings>) =>
  read(figure).texts.find((text) => figure.description.startsWith(`${text}: `));

describe("two lines", () => {
  test("of powers of x cross where algebra says", () => {
    // a·x and b: equal at x = b / a.
    fc.assert(
      fc.property(fc.double({ min: 1.01, max: 999, noNaN: true }), positive, (at, a) => {
        const xs = [1, 1000];
        const own = compare(line("rising", xs, xs.map((x) => a * x)), line("level", xs, [a * at, a * at])); // prettier-ignore
        expect(own.crossings).toHaveLength(1);
        expect(own.crossings[0].x / at).toBeCloseTo(1, 6);
        expect(own.crossings[0].y / (a * at)).toBeCloseTo(1, 6);
        expect(own.crossings[0].pair).toEqual(["level", "rising"]);
        expect(own.order).toBe("below");
      }),
    );
  });

  test("cross as often as their order changes from point to point", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(positive, positive), { minLength: 1, maxLength: 20 }), (pairs) => {
        const xs = pairs.map((_, i) => i + 1);
        const [a, b] = [0, 1].map((k) => line(String(k), xs, pairs.map((pair) => pair[k]))); // prettier-ignore
        const gaps = pairs.map(([p, q]) => Math.log(p) - Math.log(q));
        const sides = gaps.filter((gap) => Math.abs(gap) >= 1e-9).map(Math.sign); // nearer is equal
        const changes = sides.filter((side, i) => i > 0 && side !== sides[i - 1]).length;
        const own = compare(a, b).crossings;
        expect(own).toHaveLength(changes);
        expect(own.every(({ x }) => x >= 1 && x <= xs.length)).toBe(true);
      }),
    );
  });

  test("touch without crossing, are equal for a stretch, and may share none", () => {
    const xs = [1, 2, 3, 4];
    const level = line("b", xs, [5, 5, 5, 5]);
    expect(compare(line("a", xs, [9, 5, 5, 9]), level)).toMatchObject({ crossings: [], order: "above" });
    expect(compare(line("a", xs, [9, 5, 5, 1]), level).crossings.map(({ x }) => x)).toEqual([2]);
    expect(compare(line("a", xs, [5, 5, 5, 5]), level)).toMatchObject({ crossings: [], order: "equal" });
    expect(compare(line("a", [7, 8], [1, 9]), level).order).toBe("apart");
  });
});

describe("crossings", () => {
  const rows = (values: Readonly<Record<string, readonly number[]>>) =>
    Object.entries(values).flatMap(([by, own]) => own.map((value, i) => ({ by, batch: 2 ** i, value })));

  test("says where, how often, or that there is none", () => {
    expect(titleOf(crossings(rows({ MoE: [4, 4, 4], dense: [1, 4, 16] })))).toBe(
      "Up to batch 2 MoE is above dense, then below",
    );
    expect(titleOf(crossings(rows({ a: [2, 1, 2, 1], b: [1, 2, 1, 2] })))).toBe(
      `a and b cross 3 times, at batch ${[2 ** 0.5, 2 ** 1.5, 2 ** 2.5].map((x) => digits(x, 3)).join(", ")}`,
    );
    expect(titleOf(crossings(rows({ a: [2, 2], b: [1, 1] })))).toBe("a is never below b");
    expect(titleOf(crossings(rows({ a: [2, 2], b: [1, 1], c: [3, 3] })))).toBe("No two of 3 lines cross");
    expect(titleOf(crossings(rows({ a: [2, 1], b: [1, 2], c: [9, 9] })))).toBe("One crossing: a and b at batch 1.41");
    expect(titleOf(crossings(rows({ a: [2, 1] })))).toBe("a alone: nothing that it could cross");
    expect(titleOf(crossings([]))).toBe("No lines to compare");
    expect(crossings([]).description).toBe("No lines to compare: no rows.");
  });

  test("marks each crossing with a circle at its place, and names it", () => {
    const figure = read(crossings(rows({ MoE: [4, 4, 4], dense: [1, 4, 16] })));
    expect(figure.all("circle[r='6']")).toHaveLength(1);
    expect(figure.texts.filter((text) => text === "2").length).toBeGreaterThan(1); // on the axis, and at the circle
  });

  test("reads rows in any order, and of one place the last", () => {
    const given = rows({ MoE: [4, 4, 4], dense: [1, 4, 16] });
    expect(geometry(crossings([...given].reverse()))).toContain("M");
    const twice = crossings([{ by: "MoE", batch: 1, value: 99 }, ...given]);
    expect(twice.facts).toEqual(crossings(given).facts);
    expect(read(twice).texts.join(" ")).toContain("the last counts: 1 replaced");
  });

  test("counts rows that have no place on logarithmic axes", () => {
    const figure = crossings([...rows({ a: [2, 1], b: [1, 2] }), { by: "a", batch: 0, value: 1 }, { by: "a", batch: 3, value: NaN }]); // prettier-ignore
    expect(figure.facts).toMatchObject({ left: 2 });
    expect(read(figure).texts.join(" ")).toContain("2 of 6 rows not drawn: a number that is not above 0");
  });
});

describe("coverageChart", () => {
  test("draws E · (1 - (1 - k / E)^B) where it knows E and k", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 1, max: 4096 }), fc.double({ min: 0, max: 1, noNaN: true }), (E, batch, part) => {
        const k = Math.ceil(part * E);
        const { facts } = coverageChart([{ batch, experts: 0 }], { nExpert: E, topK: k });
        const expected = E * (1 - (1 - k / E) ** batch);
        expect((facts as { chance: { value: number } }).chance.value).toBeCloseTo(expected, 6);
      }),
      { numRuns: 30 },
    ); // prettier-ignore
  });

  test("gathers rows of one name and batch: their mean, and a whisker from the least to the most", () => {
    const figure = coverageChart([2, 3, 7].map((experts) => ({ batch: 4, experts })));
    expect(figure.facts).toMatchObject({ ends: { measured: { batch: 4, value: 4 } } });
    expect(read(figure).all('[data-mark="rule"] line')).toHaveLength(1);
    expect(read(figure).texts.join(" ")).toContain("from the least to the most");
  });

  test("says at the first batch that touches nine of ten how many work, and else at the largest", () => {
    const rows = [1, 2, 4].map((batch) => ({ batch, experts: [2, 7.3, 8][Math.log2(batch)] }));
    expect(coverageChart(rows, { nExpert: 8, topK: 2 }).description).toMatch(/^At batch 2, 7.3 of 8 experts already work, by chance 3.5:/);
    expect(coverageChart(rows, { nExpert: 80 }).description).toMatch(/^At batch 4, 8 of 80 experts work:/);
    expect(coverageChart(rows).description).toMatch(/^At batch 4, 8 experts work:/);
    const shares = ["a", "b"].map((by, i) => ({ by, batch: 8, share: 0.2 + 0.1 * i }));
    expect(coverageChart(shares).description).toBe(
      `At batch 8, between ${percent(0.2)} (a) and ${percent(0.3)} (b) of the experts work: a 20 % at 8; b 30 % at 8.`.replace("30 %", percent(0.3)),
    );
    expect(coverageChart([], { nExpert: 64, topK: 8 }).description).toMatch(/^By chance, 42 of 64 experts work at batch 8/);
  }); // prettier-ignore

  test("refuses what cannot be: more experts than there are, rows with neither number", () => {
    expect(() => coverageChart([{ batch: 1, experts: 9 }], { nExpert: 8 })).toThrow("coverageChart has 8 experts, but row 0 has 9");
    expect(() => coverageChart([{ batch: 1 }])).toThrow("row 0 has neither");
    expect(() => coverageChart([], { nExpert: 2, topK: 3 })).toThrow("coverageChart needs topK to be no more than nExpert 2");
    expect(() => coverageChart([{ batch: 1, share: 1 }, { batch: 1, experts: 1 }])).toThrow("coverageChart needs nExpert where");
    expect(coverageChart([{ batch: 1, share: 1 }, { batch: 2, experts: 2 }], { nExpert: 4 }).facts).toMatchObject({
      ends: { measured: { value: 0.5 } },
    });
  }); // prettier-ignore
});

describe("copiesAdapters", () => {
  test("says how many times the bytes of adapters copies take, at the most users", () => {
    const bytes = fc.integer({ min: 1, max: 1e9 });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1e5 }), bytes, bytes, (users, copies, adapters) => {
        const { description } = copiesAdapters([{ users: 1, copies: 1, adapters: 1 }, { users, copies, adapters }]);
        const ratio = copies / adapters;
        const [, said] = /copies take (.*?) (?:times|of the|as)/.exec(description) ?? ["", "as many"];
        if (Math.abs(ratio - 1) >= 0.005 && ratio < 1e6 && ratio > 1e-6)
          expect(Number(said.replaceAll(",", "")) / ratio).toBeGreaterThan(0.94);
        expect(description).toContain(`For ${plain(users)} users`);
      }),
      { numRuns: 40 },
    ); // prettier-ignore
  });
});

describe("axes", () => {
  test("write round numbers inside the axis that do not run into each other", () => {
    fc.assert(
      fc.property(positive, positive, fc.integer({ min: 60, max: 1200 }), (a, b, pixels) => {
        const axis = logAxis([a, b], "");
        const [from, to] = axis.domain;
        const place = (tick: number) => (pixels * Math.log(tick / from)) / Math.log(to / from);
        const ticks = ticksOf(axis, pixels);
        ticks.forEach((tick, i) => {
          expect(place(tick)).toBeGreaterThan(-0.01);
          expect(place(tick)).toBeLessThan(pixels + 0.01);
          if (i === 0) return;
          const half = (tick: number) => 3.3 * axis.words(tick).length;
          expect(place(tick) - place(ticks[i - 1])).toBeGreaterThan(half(tick) + half(ticks[i - 1]));
        });
      }),
    );
  });

  test("double where their ends are powers of two, and name a decade where they are short", () => {
    expect(ticksOf(logAxis([1, 64], ""), 600)).toEqual([1, 2, 4, 8, 16, 32, 64]);
    expect(ticksOf(logAxis([1, 64], ""), 120)).toEqual([1, 4, 16, 64]);
    expect(ticksOf(logAxis([100, 142], ""), 600)).toEqual([100, 110, 120, 130, 140]);
    expect(ticksOf(logAxis([], ""), 600)).toEqual([1, 2, 5, 10]);
  });
});
