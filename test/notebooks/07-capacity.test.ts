import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { add, fromArray, Generator, noGrad, randn } from "../../lib/index.js";
import {
  capacityOf,
  chanceDropShare,
  deadExperts,
  MoE,
  overflowShares,
  paddingShare,
  route,
} from "../../lib/moe/index.js";
import { percent } from "../../lib/account/index.js";
import { executed } from "./executed.js";

const notebook = executed("07-capacity");

/** 1,024 tokens whose favorites are uneven, under one rule. */
const uneven = add(randn([1024, 8], new Generator(1)), fromArray([1, 0.5, 0.5, 0, 0, 0, -0.5, -1], [8]));
const under = (capacityFactor: number, overflow: "drop" | "nextBest") =>
  route(uneven, { topK: 1, capacityFactor, overflow });

describe("D5, a capacity limits the tokens of an expert", () => {
  const shown = notebook.claimed<{ factors: number[]; dropped: number[]; empty: number[]; outputOfDropped: number }>(
    "D5",
  );

  it("small factors lose tokens, large ones leave places empty, and each step trades one for the other", () => {
    expect(shown.factors).toEqual([0.5, 1, 1.25, 1.5, 2, 4]);
    shown.factors.slice(1).forEach((_, i) => {
      expect(shown.dropped[i + 1]).toBeLessThanOrEqual(shown.dropped[i]);
      expect(shown.empty[i + 1]).toBeGreaterThanOrEqual(shown.empty[i]);
    });
    expect(shown.dropped[0]).toBeGreaterThanOrEqual(0.5); // half as many places as tokens
    expect(shown.empty[5]).toBeGreaterThanOrEqual(0.75 - 1e-3);
  });

  it("the places add up: what is kept fills the places that are not empty", () => {
    // Two batches of 512 tokens, each with its places rounded up.
    shown.factors.forEach((factor, i) => {
      const places = (8 * capacityOf(512, 8, factor)) / 512;
      expect(places * (1 - shown.empty[i])).toBeCloseTo(1 - shown.dropped[i], 2);
    });
  });

  it("a dropped token gets exactly 0 from the layer, and would not without a limit", () => {
    expect(shown.outputOfDropped).toBe(0);
    const free = new MoE(48, 192, { nExpert: 8, topK: 1, rng: new Generator(1) });
    const y = noGrad(() => free.forward(randn([64, 48], new Generator(2)))).toTypedArray();
    for (let token = 0; token < 64; token++)
      expect(Math.max(...y.slice(48 * token, 48 * token + 48).map(Math.abs))).toBeGreaterThan(0);
  });
});

describe("the lottery of the capacity chart", () => {
  const charts = notebook.figures("share") as Record<string, { x: number; share: number; low: number; high: number }>[];
  const chart = charts.find((one) => "random draws" in one)!;

  it("has a line for 128 tokens and one for as many as the router had, and its dots lie on the second", () => {
    const [small, own] = [chart["128 by chance"], chart["512 by chance"]];
    expect([small.x, own.x]).toEqual([2, 2]);
    expect(small.share).toBeCloseTo(chanceDropShare(128, 1, 8, 32), 4);
    expect(own.share).toBeCloseTo(chanceDropShare(512, 1, 8, 128), 4);
    expect(chart["random draws"].low).toBeLessThanOrEqual(own.share + 1e-3);
    expect(chart["random draws"].high).toBeGreaterThanOrEqual(own.share - 1e-3);
  });

  it("small batches lose more by chance, and the notebook says both shares", () => {
    const [small, own] = [chanceDropShare(128, 1, 8, 16), chanceDropShare(512, 1, 8, 64)];
    expect(small).toBeGreaterThan(own);
    expect(notebook.printed).toContain(`128 tokens: chance drops ${percent(small)}`);
    expect(notebook.printed).toContain(`512 tokens: chance drops ${percent(own)}`);
  });
});

describe("sentences that take their numbers from the run", () => {
  it("titles say what their charts show", () => {
    const { dropped, empty, factors } = notebook.claimed<Record<"dropped" | "empty" | "factors", number[]>>("D5");
    const first = dropped.indexOf(0);
    expect(notebook.html).toContain(
      `At factor ${factors[first]} drop drops nobody, and ${percent(empty[first])} of its`,
    );
    expect(notebook.html).toContain(`At factor 1 our router drops ${percent(dropped[1])}, chance ${percent(chanceDropShare(512, 1, 8, 64))}`); // prettier-ignore
    const { withBalance, without } = notebook.claimed<Record<"withBalance" | "without", number>>("D9");
    expect(notebook.html).toContain(`${percent(withBalance)} with the balance loss, ${percent(without)} without`);
  });

  it("a batch changes the likeliest letter nowhere without a limit", () => {
    expect(notebook.printed).toMatch(/no limit: .*; another likeliest next letter at 0 of 32 places/);
    expect(notebook.printed).toMatch(/factor 1, drop: .*; another likeliest next letter at \d+ of 32 places/);
  });

  it("with drop no factor is free of both losses and empty places; with next best factor 1 is", () => {
    expect(notebook.printed).toContain("\ndrop: factors that are free of both: none");
    expect(notebook.printed).toContain("\nnext best: factors that are free of both: 1");
  });

  it("of the line of text, drop loses some, next best none", () => {
    const lost = (rule: string) =>
      Number(new RegExp(`\\n${rule}: (\\d+) of 32 found no place`).exec(notebook.printed)![1]);
    expect(lost("no limit")).toBe(0);
    expect(lost("drop")).toBeGreaterThan(0);
    expect(lost("next best")).toBe(0);
  });

  it("whether next best lowers the loss is said with the sign of the difference", () => {
    const [, way, sign, size] = /a loss (lower|higher) than that of drop, ([−+])([\d.]+) nats/.exec(notebook.printed)!;
    expect(way).toBe(sign === "−" ? "lower" : "higher");
    const { loss } = notebook.claimed<{ loss: Record<"drop" | "nextBest", number> }>("D6");
    const difference = loss.nextBest - loss.drop;
    expect(Math.abs((sign === "−" ? -1 : 1) * Number(size) - difference)).toBeLessThan(1.1e-3); // losses have four digits
  });
});

/** How many of 64 outputs change where the tokens are turned around, or the last one is. */
const changedBy = (what: string): number =>
  Number(new RegExp(`${what}: (\\d+) (?:of 64|of 63 earlier) outputs change`).exec(notebook.printed)![1]);

describe("tokens that compete", () => {
  const x = randn([64, 48], new Generator(2));
  const flat = x.toTypedArray() as Float32Array;
  const tokens = Array.from({ length: 64 }, (_, n) => flat.slice(48 * n, 48 * n + 48));
  const outputs = (options: object, rows: Float32Array[]) => {
    const layer = new MoE(48, 192, { nExpert: 8, topK: 1, ...options, rng: new Generator(1) });
    const input = fromArray(rows.flatMap((row) => [...row]), [64, 48]); // prettier-ignore
    const y = noGrad(() => layer.forward(input)).toTypedArray();
    return rows.map((_, n) => y.slice(48 * n, 48 * n + 48).join());
  };
  const drop = { capacityFactor: 1, overflow: "drop" };

  it.each([
    ["turned, no limit", {}],
    ["turned, drop", drop],
    ["turned, drop, strongest wish first", { ...drop, queue: "probability" }],
  ])("%s: as many outputs change as here", (name, options) => {
    const turned = outputs(options, [...tokens].reverse()).reverse();
    const changed = outputs(options, tokens).filter((y, n) => y !== turned[n]).length;
    expect(changedBy(name)).toBe(changed);
    expect(changed > 0).toBe(name === "turned, drop");
  });

  it("experts that choose let a later token change an earlier one; tokens that choose do not", () => {
    const last = [...tokens.slice(0, 63), tokens[63].map((value) => -value)];
    for (const select of ["topK", "expertChoice"]) {
      const after = outputs({ select }, last);
      const changed = outputs({ select }, tokens).slice(0, 63).filter((y, n) => y !== after[n]).length; // prettier-ignore
      expect(changedBy(`last token changed, ${select}`)).toBe(changed);
      expect(changed > 0).toBe(select === "expertChoice");
    }
  });
});

describe("D6, at the limit the token goes to its next best expert", () => {
  interface D6 {
    droppedByDrop: number;
    droppedByNextBest: number;
    rerouted: number;
    preferences: number[];
    loss: Record<"free" | "drop" | "nextBest", number>;
  }
  const shown = notebook.claimed<D6>("D6");

  it("nobody is dropped at factor 1; whoever was, and more, is rerouted, each to a later preference", () => {
    expect(shown.droppedByNextBest).toBe(0);
    expect(shown.droppedByDrop).toBeGreaterThan(0.03);
    expect(shown.rerouted).toBeGreaterThanOrEqual(shown.droppedByDrop - 1e-3);
    expect(shown.preferences.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 2);
    expect(1 - shown.preferences[0]).toBeCloseTo(shown.rerouted, 2);
    expect(shown.preferences[3]).toBeGreaterThan(0); // far down the list
  });

  it("both rules have their price in loss", () => {
    for (const loss of Object.values(shown.loss)) expect(loss).toBeGreaterThan(1);
  });

  it("would drop some, too, with fewer places than tokens", () => {
    expect(overflowShares(under(1, "nextBest")).dropped).toBe(0);
    expect(overflowShares(under(0.5, "nextBest")).dropped).toBeCloseTo(0.5, 6);
    expect(paddingShare(under(0.5, "nextBest"))).toBe(0);
  });
});

describe("the rest of the batch", () => {
  const difference = (rule: string) =>
    Number(new RegExp(`${rule}: logits differ by up to ([^\\s;]+)`).exec(notebook.printed)![1]);

  it("changes what the model says of a text where places are limited, and nothing but rounding where not", () => {
    expect(difference("no limit")).toBeLessThan(1e-5);
    expect(difference("factor 1, drop")).toBeGreaterThan(1e-4);
  });
});

describe("D9, Switch: one expert, a capacity, a balance loss", () => {
  const shown =
    notebook.claimed<
      Record<"perToken" | "capacity" | "tokens" | "withBalance" | "without" | "stable" | "unstable", number>
    >("D9");

  it("sends each token to one expert, of 1.25 fair shares of places", () => {
    expect(shown).toMatchObject({ perToken: 1, tokens: 512, capacity: 80 });
    expect(capacityOf(512, 8, 1.25)).toBe(80);
    expect(capacityOf(512, 8, 1)).not.toBe(80);
  });

  it("drops fewer tokens with the balance loss than without", () => {
    expect(shown.withBalance).toBeLessThan(shown.without);
  });

  it("of the recorded runs of the same seeds, all collapse without it and none with it", () => {
    const { rows } = JSON.parse(readFileSync("assets/labs/collapse.json", "utf8")) as {
      rows: { remedy: string; start: string; seed: number; collapsed: boolean }[];
    };
    const even = rows.filter(({ start }) => start === "even");
    const seeds = even.filter(({ remedy }) => remedy === "switch").map(({ seed }) => seed);
    const collapsed = (of: string) =>
      even.filter((row) => row.remedy === of && row.collapsed && seeds.includes(row.seed)).length;
    expect([collapsed("switch"), collapsed("none")]).toEqual([0, seeds.length]);
    expect([shown.stable, shown.unstable]).toEqual([0, seeds.length]);
  });
});

describe("D11, no guarantee", () => {
  const { dead } = notebook.claimed<{ dead: Record<string, number> }>("D11");

  it("mask, noise and a capacity with drop leave seven of eight experts dead", () => {
    for (const name of ["top-1 mask alone", "noise of 1", "capacity 1, drop", "capacity 8, next best"])
      expect(dead[name]).toBe(7);
  });

  it("next best with few places does keep them busy, and so do experts that choose", () => {
    expect(dead["capacity 1, next best"]).toBe(0);
    expect(dead["experts choose tokens"]).toBe(0);
  });

  it("would be no counter-example with a router that prefers nobody so strongly", () => {
    for (const overflow of ["drop", "nextBest"] as const) expect(deadExperts(under(1, overflow).load)).toBe(0);
  });
});

it("its exercises are there, and wait for an answer", () => {
  expect(notebook.exercises()).toEqual({
    "places of an expert": "open",
    "share that is dropped": "open",
    "share of empty places": "open",
  });
});
