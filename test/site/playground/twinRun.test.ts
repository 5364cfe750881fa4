import { Corpus } from "twinformer/data";
import { expect, describe, it } from "vitest";
import type { Frame } from "../../../site/playground/run/film.js";
import { defaults, type Live, type Run, type Settings, withChange } from "../../../site/playground/run/settings.js";
import { pack, routeSentence, unpack } from "../../../site/playground/run/sentence.js";
import { TwinRun } from "../../../site/playground/run/twinRun.js";

const corpus = new Corpus("The quick brown fox jumps over the lazy dog. Pack my box with five dozen jugs. ".repeat(40));
const SENTENCE = "The lazy fox.";

/** Without the clock, as text: gaps of a failure stay short. */
const timeless = (frames: readonly Frame[]): string[] =>
  frames.map(({ dense, moe, ...rest }) =>
    JSON.stringify([rest, ...[dense, moe].map((row) => ({ ...row, seconds: 0, tokensPerSecond: 0 }))]),
  );

const newRun = (settings: Partial<Settings> = {}): Run => ({
  settings: { ...defaults, width: 8, ...settings },
  changes: [],
});

async function taken(run: TwinRun, until: number): Promise<void> {
  while (run.step < until) await run.next();
}

async function framesOf(run: Run, steps: number): Promise<string[]> {
  const twins = new TwinRun(run, corpus, SENTENCE);
  await taken(twins, steps);
  return timeless(twins.film.frames);
}

const changes: Record<string, Partial<Live>> = {
  balance: { balance: "importance", strength: 0.5 },
  bias: { balance: "bias", strength: 0.1 },
  capacity: { capacity: 1, overflow: "nextBest" },
  noise: { noise: "normal", noiseScale: 2 },
  rate: { lr: 0.02 },
  all: { balance: "none", capacity: 0.5, overflow: "drop", noise: "jitter", noiseScale: 0.1, lr: 0.001 },
};

describe("a run of the playground", () => {
  it("is the same twice", async () => {
    expect(await framesOf(newRun(), 12)).toEqual(await framesOf(newRun(), 12));
  });

  it.each(Object.entries(changes))(
    "is the same whether a change was planned, made on the way, or in a fork: %s",
    async (_, to) => {
      const [first, second] = [withChange(newRun(), 57, to), withChange(newRun(), 52, { lr: 0.004 })];
      const planned = await framesOf(first, 62);
      const onTheWay = new TwinRun(newRun(), corpus, SENTENCE);
      await taken(onTheWay, 57);
      expect(onTheWay.fork(first, 57)).toBe(57);
      await taken(onTheWay, 62);
      expect(timeless(onTheWay.film.frames)).toEqual(planned);

      const other = new TwinRun(second, corpus, SENTENCE);
      await taken(other, 70);
      expect(other.fork(first, 51)).toBe(50); // the runs differ from step 52 on
      await taken(other, 62);
      expect(timeless(other.film.frames)).toEqual(planned);
    },
  );

  it("goes on from the first step where no snapshot lies before the fork, and from a fork that was forked", async () => {
    const run = newRun({ balance: "none" });
    const twins = new TwinRun(run, corpus, SENTENCE);
    await taken(twins, 60);
    const early = withChange(run, 5, changes.bias);
    expect(twins.fork(early, 5)).toBe(0);
    await taken(twins, 55);
    const later = withChange(early, 50, changes.capacity);
    expect(twins.fork(later, 50)).toBe(50);
    await taken(twins, 53);
    const last = withChange(early, 50, changes.noise); // the snapshot of step 50 is of before both
    expect(twins.fork(last, 50)).toBe(50);
    await taken(twins, 55);
    expect(timeless(twins.film.frames)).toEqual(await framesOf(last, 55));
  });

  it("stays as it is where a knob is turned against another one, and says why", async () => {
    const run = newRun({ select: "topP", balance: "none" });
    const twins = new TwinRun(run, corpus, SENTENCE);
    await taken(twins, 3);
    const wrong = withChange(run, 3, { balance: "bias" });
    expect(() => twins.fork(wrong, 3)).toThrow(/balance.bias shifts the scores that "topK" and "groupLimited" compare/);
    expect(() => new TwinRun(wrong, corpus)).toThrow(/balance.bias/);
    expect(twins.run).toBe(run);
    await taken(twins, 5);
    expect(timeless(twins.film.frames)).toEqual(await framesOf(run, 5));
  });

  it("is what a shorter film keeps of it: each frame was measured, and memory has an end", async () => {
    const { Film } = await import("../../../site/playground/run/film.js");
    const film = new Film();
    for (let step = 1; step <= 20_000; step++) film.add({ step } as Frame);
    expect(film.frames.length).toBeLessThanOrEqual(2001);
    expect(film.frames.map(({ step }) => step)).toEqual(
      Array.from({ length: 20_000 / film.every }, (_, i) => (i + 1) * film.every),
    );
    expect(film.at(777)!.step).toBe(777 - (777 % film.every));
    expect(film.at(0)).toBeUndefined();
  });
});

describe("the reader's sentence", () => {
  it("is packed for the film without a loss", () => {
    const settings = { capacity: 0.75, overflow: "drop", balance: "none", experts: 4 } as const;
    for (const more of [{}, { select: "expertChoice" }, { select: "topP" }] as const) {
      const { models } = new TwinRun(newRun({ ...settings, ...more }), corpus);
      for (const text of ["The quick brown fox.", "T", ""]) {
        const routed = routeSentence(models.moe, corpus.tokenizer, text);
        expect(unpack(pack(routed))).toEqual(routed);
        expect(routed.layers.map((visits) => visits.length)).toEqual(text === "" ? [] : [text.length, text.length]);
      }
    }
  });

  it("has what the router refused and rerouted, as many places as there are", () => {
    for (const overflow of ["drop", "nextBest"] as const) {
      const twins = new TwinRun(
        newRun({ capacity: 0.5, overflow, balance: "none", experts: 4 }),
        corpus,
        "The quick brown fox.",
      );
      const { tokens, layers } = twins.sentence;
      expect(tokens.join("")).toBe("The quick brown fox.");
      for (const visits of layers) {
        const all = visits.flatMap(({ experts, weights, statuses }) =>
          experts.map((expert, i) => ({ expert, weight: weights[i], status: statuses[i] })),
        );
        expect(all.length).toBe(40);
        const placed = all.filter(({ status }) => status === "kept" || status === "rerouted");
        for (let e = 0; e < 4; e++) expect(placed.filter(({ expert }) => expert === e).length).toBeLessThanOrEqual(5); // 0.5 · 20 · 2 / 4
        for (const { weight, status } of all) expect(weight === 0).toBe(status === "dropped");
        expect(all.some(({ status }) => status === "dropped")).toBe(true);
        if (overflow === "drop") expect(all.some(({ status }) => status === "rerouted")).toBe(false);
      }
    }
  });

  it("leaves out what the text has not, and what is too long, and says so", () => {
    const twins = new TwinRun(newRun(), corpus);
    expect(twins.say("fox ß!")).toBe("left out, as the text that it learns from has none: “ß” “!”");
    expect(twins.sentence.tokens.join("")).toBe("fox ");
    expect(twins.say("fox ".repeat(30))).toBe("only the first 64 characters fit into its context");
    expect(twins.sentence.tokens.length).toBe(64);
    expect(twins.say("")).toBe("");
    expect(twins.sentence.tokens).toEqual([]);
  });

  it("does not touch the run", async () => {
    const twins = new TwinRun(newRun({ noise: "normal", capacity: 1 }), corpus);
    await taken(twins, 5);
    twins.say("five dozen jugs");
    await taken(twins, 12);
    const other = new TwinRun(newRun({ noise: "normal", capacity: 1 }), corpus, "my box");
    await taken(other, 12);
    expect(twins.film.frames.map(({ moe }) => moe.loss)).toEqual(other.film.frames.map(({ moe }) => moe.loss));
  });
});
