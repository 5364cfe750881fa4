import { describe, expect, it } from "vitest";
import { mobyDick } from "../../lib/data/index.js";
import { fromArray, Generator, mul, noGrad, randn, softmax, sum, type Tensor } from "../../lib/index.js";
import { transformer, type ConfigInput } from "../../lib/models/index.js";
import { nmi, route, Router, routeTopK } from "../../lib/moe/index.js";
import { train } from "../../lib/train/index.js";
import { executed } from "./executed.js";

const notebook = executed("04-routing");
const text = await mobyDick();

describe("B1, the router is a classifier that is trained with the network", () => {
  const shown = notebook.claimed<{ classes: number; sumsOffByAtMost: number; gradients: number[]; slopes: number[] }>(
    "B1",
  );

  it("the probabilities of each token sum to 1 over eight classes", () => {
    expect(shown.classes).toBe(8);
    expect(shown.sumsOffByAtMost).toBeLessThan(1e-6);
  });

  it("each gradient is the slope that a nudge of the weight finds, and none is nothing", () => {
    expect(shown.gradients).toHaveLength(5);
    shown.gradients.forEach((gradient, i) => {
      expect(Math.abs(gradient)).toBeGreaterThan(1e-4);
      expect(Math.abs(gradient - shown.slopes[i])).toBeLessThan(0.1 * Math.abs(gradient) + 2e-4);
    });
  });

  it("would not hold for top-1 with weights divided by their sum: they are 1 whatever the router says", () => {
    const logits = randn([6, 8], new Generator(1));
    logits.requiresGrad = true;
    sum(routeTopK(logits, { topK: 1, renormalize: true }).weights).backward();
    expect(Math.max(...logits.grad!.toTypedArray().map(Math.abs))).toBe(0);
  });
});

describe("B2, only the chosen experts run", () => {
  it("the kernel multiplied two rows for each letter in every layer", () => {
    expect(notebook.claimed("B2")).toEqual({
      tokens: 31,
      expertsPerToken: 2,
      rowsExpected: 62,
      rowsExecuted: [62, 62, 62],
    });
  });
});

const printed = (pattern: RegExp): number[] => {
  const found = pattern.exec(notebook.printed);
  if (!found) throw new Error(`the notebook 04-routing prints nothing like ${pattern}`);
  return found.slice(1).map(Number);
};
/** The rows of a table of the notebook, by its first column. */
const rowsOf = (column: string): Record<string, number>[] => {
  const all = notebook.figures("table") as Record<string, number>[][];
  const found = all.find(([row]) => Object.keys(row)[0] === column);
  if (!found) throw new Error(`the notebook 04-routing has no table by ${column}`);
  return found;
};

describe("what the router says about each letter", () => {
  it("in each layer some letters that occur several times have several first choices, or all have one: the lines count them", () => {
    const lines = [...notebook.printed.matchAll(/layer (\d): several first choices for (\d+) of (\d+) letters/g)];
    expect(lines.map(([, layer]) => layer)).toEqual(["1", "2", "3"]);
    const repeated = Array.from("Call me Ishmael. Some years ago").filter((c, i, all) => all.indexOf(c) < i);
    for (const [, , split, all] of lines) {
      expect(Number(all)).toBe(new Set(repeated).size);
      expect(Number(split)).toBeLessThanOrEqual(Number(all));
    }
    // The sentence below says that it happens.
    expect(lines.some(([, , split]) => Number(split) > 0)).toBe(true);
  });

  it("says how many nudges changed a choice", () => {
    const { nudgesThatChangedAChoice } = notebook.claimed<{ nudgesThatChangedAChoice: number }>("B1");
    expect(printed(/set aside, as a nudge changed a choice: (\d+)/)).toEqual([nudgesThatChangedAChoice]);
  });
});

describe("a choice has no slope", () => {
  it("the output jumps at a tie: the other expert computes something else", () => {
    const [across] = printed(/step of 0.002 across the tie moves the output by ([\d.]+)/);
    const [beside] = printed(/just after the tie moves it by ([\d.]+)/);
    expect(across).toBeGreaterThan(20 * beside);
    expect(beside).toBeGreaterThan(0);
  });

  it("with one expert the task teaches the router only if the softmax comes before the choice", () => {
    const [before, after] = rowsOf("softmax");
    expect(after["from the task"]).toBe(0);
    expect(before["from the task"]).toBeGreaterThan(1e-5);
    for (const row of [before, after]) expect(row["from the balance loss"]).toBeGreaterThan(1e-5);
  });

  it("the task reaches the logits of the chosen alone, the balance loss all eight", () => {
    expect(printed(/from the task: (\d) of 8 logits/)).toEqual([2]);
    expect(printed(/from the balance loss: (\d)/)).toEqual([8]);
    expect(notebook.printed).toContain("experts 0 to 7 down, down, up, up, up, up, up, up");
  });
});

describe("the scale of the output", () => {
  it("is that of the sum of the weights, which is a little more than 2/E in a new router", () => {
    const rows = rowsOf("experts").filter((row) => "sum of weights" in row);
    expect(rows.map(({ experts }) => experts)).toEqual([4, 8, 32, 128]);
    for (const { experts, output, "sum of weights": sum } of rows) {
      expect(output / sum).toBeCloseTo(1, 1);
      expect(sum).toBeGreaterThan(2 / experts);
      expect(sum).toBeLessThan(3 / experts);
    }
  });
});

describe("a router in bfloat16", () => {
  const flips = (notebook.figures("table") as Record<string, number>[][]).find(([row]) => "gapOfFlipped" in row)!;

  it("flips more choices with more experts, and those that were near a tie", () => {
    expect(flips.map(({ experts }) => experts)).toEqual([8, 32, 128, 256]);
    flips.slice(1).forEach(({ share, gap }, i) => {
      expect(share).toBeGreaterThan(flips[i].share);
      expect(gap).toBeLessThan(flips[i].gap);
    });
    for (const { gap, gapOfFlipped } of flips) expect(gapOfFlipped).toBeLessThan(gap / 10);
  });

  it("flips as many as the same logits with 8 bits of fraction, rounded here in another way", () => {
    const router = new Router(48, 128, { topK: 2, rng: new Generator(10) });
    const logits = noGrad(() => router.logits(randn([2048, 48], new Generator(9))));
    const coarse = [...logits.toTypedArray()].map((x) => {
      const unit = 2 ** (Math.floor(Math.log2(Math.abs(x))) - 7);
      const [low, rest] = [Math.floor(x / unit), x / unit - Math.floor(x / unit)];
      return unit * (rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low);
    });
    const [exact, rounded] = [logits, fromArray(coarse, [2048, 128])].map((z) => route(z, { topK: 2 }).experts);
    const pair = (experts: Int32Array, n: number) => [...experts.slice(2 * n, 2 * n + 2)].sort().join();
    const count = Array.from({ length: 2048 }, (_, n) => pair(exact, n) !== pair(rounded, n)).filter(Boolean).length;
    expect(flips[2].share).toBe(count / 2048);
  });
});

/** As in the notebook: experts 0 and 1 have a head start of 4. */
async function trainUnfair(options: Partial<ConfigInput>, steps: number) {
  const sizes = { vocabSize: text.tokenizer.vocabSize, blockSize: 32, nLayer: 1, nHead: 2, dModel: 32 };
  const model = transformer({ ...sizes, nExpert: 8, topK: 2, balance: 0, routerBias: true, ...options }, { seed: 2 });
  const start = model.stateDict();
  start["blocks.0.feedForward.router.bias"].data.set([4, 4]);
  model.loadStateDict(start);
  const up = "blocks.0.feedForward.experts.up";
  const before = model.stateDict()[up].data;
  let others = 0;
  const plan = { steps, batchSize: 4, lr: 3e-3, weightDecay: 0, seed: 1, evalBlocks: 1 };
  for await (const { load } of train(model, text, plan)) others += load![0].slice(2).reduce((a, b) => a + b, 0) / steps;
  const after = model.stateDict()[up].data;
  const changed = new Set(
    [...after.keys()].filter((i) => after[i] !== before[i]).map((i) => Math.floor((8 * i) / after.length)),
  );
  return { others, changed: changed.size };
}

describe("D3, the mask sets all but the top K to −∞", () => {
  interface D3 {
    masked: number;
    maskedWeights: number[];
    sumOfKept: number;
    gradientOfMasked: number[];
    expertsThatChanged: number;
    shareOfTheOthers: number;
  }
  const shown = notebook.claimed<D3>("D3");

  it("six weights and their gradients are exactly 0, the kept ones sum to 1", () => {
    expect(shown.masked).toBe(6);
    expect(shown.maskedWeights).toEqual([0, 0, 0, 0, 0, 0]);
    expect(shown.gradientOfMasked).toEqual([0, 0, 0, 0, 0, 0]);
    expect(shown.sumOfKept).toBeCloseTo(1, 6);
  });

  it("a softmax without the mask gives every expert some weight, and each logit some gradient", () => {
    const z = randn([1, 8], new Generator(2));
    z.requiresGrad = true;
    const weights = softmax(z as Tensor<[number, number]>, -1);
    sum(mul(weights, fromArray([1, 2, 3, 4, 5, 6, 7, 8], [1, 8]))).backward();
    expect([...weights.toTypedArray(), ...z.grad!.toTypedArray()]).not.toContain(0);
  });

  it("alone it does not help the others: they get no token and don't change by a bit", async () => {
    expect(shown).toMatchObject({ expertsThatChanged: 2, shareOfTheOthers: 0 });
    expect(await trainUnfair({}, 6)).toEqual({ others: 0, changed: 2 });
    expect(notebook.html).toContain("The mask alone: experts 0 and 1 get 100 % of the tokens");
  });
});

describe("D2, noise gives other experts a chance", () => {
  const shown = notebook.claimed<{
    without: number;
    little: number;
    much: number;
    evaluation: number;
    repeats: boolean;
  }>("D2");

  it("as large as the preference it brings them tokens; a fifth does not, and none of it is left at evaluation", () => {
    expect(shown).toMatchObject({ without: 0, little: 0, repeats: true });
    expect(shown.much).toBeGreaterThan(0.1);
    expect(shown.evaluation).toBeLessThan(shown.much);
    const [, six] = /Noise of 3: the other six get ([\d.]+) % of the tokens/.exec(notebook.html)!;
    expect(Number(six) / 100).toBeCloseTo(shown.much, 3);
  });

  it("with noise all experts change; with a head start that noise cannot reach, two", async () => {
    expect((await trainUnfair({ noise: "normal", noiseScale: 3 }, 6)).changed).toBe(8);
    expect((await trainUnfair({ noise: "normal", noiseScale: 0.2 }, 6)).changed).toBe(2);
  });
});

describe("B3, tokens and layers choose differently", () => {
  const shown = notebook.claimed<{ tokens: number; expertsUsed: number[]; agreement: number[]; byChance: number[] }>(
    "B3",
  );

  it("about a thousand tokens use several experts in each layer, and no layer repeats another", () => {
    expect(shown.tokens).toBe(1024);
    for (const used of shown.expertsUsed) expect(used).toBeGreaterThanOrEqual(3);
    for (const agreement of shown.agreement) expect(agreement).toBeLessThan(0.95);
  });

  it("nor are layers strangers: they agree more than shuffled labels do", () => {
    shown.agreement.forEach((agreement, i) => expect(agreement).toBeGreaterThan(shown.byChance[i]));
  });

  it("the flow chart holds every token once in each layer", () => {
    const [layers] = notebook.figures("flow") as { tokens: number }[][];
    for (const { tokens } of layers) expect(tokens).toBe(1024);
  });

  it("a layer that repeats another agrees fully, however its experts are numbered", () => {
    const choice = Array.from({ length: 1024 }, (_, n) => (n * 7) % 8);
    expect(
      nmi(
        choice,
        choice.map((e) => (e + 3) % 8),
      ),
    ).toBeCloseTo(1, 9);
  });
});

describe("B5, in a dense model every token takes one path", () => {
  const shown = notebook.claimed<{ tokens: number; densePaths: number; moePaths: number; apart: number }>("B5");

  it("one path against many; and the mixture of one expert computes what the dense model does", () => {
    expect(shown).toMatchObject({ tokens: 1024, densePaths: 1 });
    expect(shown.moePaths).toBeGreaterThan(20);
    expect(shown.apart).toBeLessThan(1e-5);
  });

  it("two experts are enough for more than one path", () => {
    const { experts } = noGrad(() => route(randn([64, 2], new Generator(3)), { topK: 1 }));
    expect(new Set(experts).size).toBe(2);
  });
});

describe("B6, few experts per token, most of them per step", () => {
  const shown = notebook.claimed<{ oneToken: number; formula: number; measured: number }>("B6");
  const coverage = (weights: number[], B: number): number => {
    const rng = new Generator(1);
    const logits = fromArray(weights.map(Math.log), [1, 8]).toTypedArray();
    const noise = (): number => -Math.log(-Math.log(1 - rng.uniform()));
    const batches = Array.from({ length: 300 }, () => {
      const z = fromArray(
        Array.from({ length: 8 * B }, (_, i) => logits[i % 8] + noise()),
        [B, 8],
      );
      return new Set(route(z, { topK: 2 }).experts).size / 8;
    });
    return batches.reduce((a, b) => a + b, 0) / batches.length;
  };

  it("eight tokens use most experts: 90 % by the formula, somewhat fewer in a trained model", () => {
    expect(shown.oneToken).toBe(0.25);
    expect(shown.formula).toBeCloseTo(1 - 0.75 ** 8, 12);
    expect(shown.measured).toBeGreaterThan(0.5);
    expect(shown.measured).toBeLessThan(shown.formula + 0.03);
  });

  it("even choices by chance lie on the formula, lopsided ones below", () => {
    expect(coverage([1, 1, 1, 1, 1, 1, 1, 1], 8)).toBeCloseTo(shown.formula, 1);
    expect(coverage([40, 40, 1, 1, 1, 1, 1, 1], 8)).toBeLessThan(shown.formula - 0.15);
  });
});

it("its exercises are there, and wait for an answer", () => {
  expect(notebook.exercises()).toEqual({
    "weights of a router": "open",
    "paths through a model": "open",
    "experts that a batch uses": "open",
  });
});
