import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromAddress, type Linked, LONGEST, toAddress } from "../../../site/playground/run/address.js";
import { presets, story } from "../../../site/playground/run/presets.js";
import {
  defaults,
  LAST,
  type Live,
  type Settings,
  settingsAt,
  withChange,
  words,
} from "../../../site/playground/run/settings.js";

const positive = (max: number) => fc.double({ min: 0.001, max, noNaN: true });
const liveSettings = fc.record<Live>({
  balance: fc.constantFrom(...words.balance),
  strength: positive(10),
  noise: fc.constantFrom(...words.noise),
  noiseScale: positive(10),
  capacity: fc.option(fc.double({ min: 0.1, max: 8, noNaN: true })),
  overflow: fc.constantFrom(...words.overflow),
  lr: fc.oneof(fc.constant(0), positive(1), fc.constant(1e-7)),
});
const settings: fc.Arbitrary<Settings> = fc
  .record({
    text: fc.constantFrom("moby" as const, "typescript" as const, "own" as const),
    experts: fc.integer({ min: 1, max: 64 }),
    topK: fc.integer({ min: 1, max: 8 }),
    width: fc.integer({ min: 4, max: 512 }),
    shared: fc.integer({ min: 0, max: 4 }),
    select: fc.constantFrom(...words.select),
    score: fc.constantFrom(...words.score),
    seed: fc.integer({ min: 0, max: 999_999 }),
  })
  .chain((shape) => liveSettings.map((live) => ({ ...shape, ...live })));
const linked: fc.Arbitrary<Linked> = fc
  .record({
    settings,
    changes: fc.array(fc.tuple(fc.integer({ min: 0, max: LAST }), liveSettings), { maxLength: 4 }),
    at: fc.integer({ min: 0, max: LAST }),
    sentence: fc.option(fc.string({ unit: "grapheme", maxLength: 80 })),
    own: fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 }),
  })
  .map(({ settings, changes, at, sentence, own }) => ({
    run: [...changes]
      .sort(([a], [b]) => a - b)
      .reduce<Linked["run"]>((run, [after, to]) => withChange(run, after, to), { settings, changes: [] }),
    ...{ at, sentence, ownText: settings.text === "own" ? own : null },
  }));

describe("the address of a run", () => {
  it("holds all of it", async () => {
    await fc.assert(
      fc.asyncProperty(linked, async (given) => {
        expect(await fromAddress(`#${await toAddress(given)}`)).toEqual(given);
      }),
      { numRuns: 300 },
    );
  });

  it("is short where most is as by default", async () => {
    expect(await toAddress({ run: { settings: defaults, changes: [] }, at: 0, sentence: null, ownText: null })).toBe(
      "",
    );
    expect(await toAddress({ run: story.run, at: 200, sentence: null, ownText: null })).toBe(
      "b=none&ch=60_b_switch_bs_0.1_n_normal&at=200",
    );
  });

  it("has no text in it that is too long, and whoever opens it is told", async () => {
    const ownText = "x".repeat(LONGEST + 1);
    const address = await toAddress({
      run: { settings: { ...defaults, text: "own" }, changes: [] },
      at: 0,
      sentence: null,
      ownText,
    });
    await expect(fromAddress(address)).rejects.toThrow(/somebody's own text, which was too long to be in it/);
  });

  it.each([
    ["q=1", /the link has “q”, which the playground does not know/],
    ["e=0", /the link has “e=0”: experts must be a whole number from 1 to 64/],
    ["e=1e3", /experts must be/],
    ["b=luck", /balance must be one of none, switch/],
    ["lr=NaN", /lr must be a number from 0 to 1/],
    ["c=-1", /capacity must be a number from 0.1 to 8, or none/],
    ["t=__proto__", /text must be a text of the playground/],
    ["at=99999", /a step is a whole number from 0 to 20000/],
    ["ch=x_b_z", /the link has “ch=x”/],
    ["ch=5_e_4", /the link has “e”/],
    ["ch=5_b_z*4_b_none", /not in the order of their steps/],
    ["t=own&text=%%%", /the text in the link is damaged/],
    ["t=own&text=AAAA", /the text in the link is damaged/],
    ["text=" + "S0xJBgA", /says that it is not used|is damaged/],
  ])("%s gets a sentence", async (address, sentence) => {
    await expect(fromAddress(address)).rejects.toThrow(sentence);
  });
});

describe("changes of a run", () => {
  it("hold from the step after them, and forget what was to come", () => {
    const run = { settings: defaults, changes: [] };
    const one = withChange(run, 10, { balance: "none" });
    expect([10, 11].map((step) => settingsAt(one, step).balance)).toEqual(["switch", "none"]);
    const two = withChange(withChange(one, 20, { lr: 0.1 }), 15, { lr: 0.2 });
    expect(two.changes).toEqual([
      { after: 10, to: { balance: "none" } },
      { after: 15, to: { lr: 0.2 } },
    ]);
    expect(withChange(two, 15, { noise: "jitter" }).changes.at(-1)).toEqual({
      after: 15,
      to: { lr: 0.2, noise: "jitter" },
    });
    expect(withChange(two, 30, { lr: 0.2 }).changes).toEqual(two.changes);
  });

  it("of presets come before their end", () => {
    for (const { run, steps } of [story, ...presets])
      for (const { after } of run.changes) expect(after).toBeLessThan(steps);
  });
});
