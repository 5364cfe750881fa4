/** The labs' sums by hand, at the borders of what they count. */

import { describe, expect, it } from "vitest";
import { Corpus, mixture } from "../../../lib/data/index.js";
import { noGrad } from "../../../lib/index.js";
import { transformer } from "../../../lib/models/index.js";
import { deadExperts, effectiveExperts, nmi } from "../../../lib/moe/index.js";
import { favorites } from "../../../lib/moe/metrics/tokens.js";
import {
  capacityLab,
  collapse,
  type CollapseOptions,
  type CollapseRow,
  collapseSummary,
  compareTwins,
  type CompareOptions,
  contenders,
  duelsBySecond,
  evaluate,
  specialization,
} from "../../../lib/train/index.js";

const text = new Corpus("Call me Ishmael. Some years ago, never mind how long precisely. ".repeat(40));
const shape = { vocabSize: text.tokenizer.vocabSize, blockSize: 8, nLayer: 2, nHead: 1, dModel: 8 };

describe("at equal seconds", () => {
  type Point = [seconds: number, valLoss: number | null];
  const curve = (contender: "MoE" | "dense", points: Point[], seed = 1) =>
    points.map(([seconds, valLoss], step) => ({ contender, seed, step, seconds, valLoss }));
  const leads = (mine: Point[], theirs: Point[], points?: number): [number, number][] =>
    duelsBySecond([...curve("MoE", mine), ...curve("dense", theirs)], "MoE", "dense", points).map((d) => [
      d.at,
      Number(d.mean.toFixed(9)),
    ]);

  it("ten points lie evenly from where both began to where the first of them was done", () => {
    const flat: Point[] = [[1, 2], [11, 2]]; // prettier-ignore
    const found = leads(flat, [[2, 5], [20, 5]]); // prettier-ignore
    expect(found).toEqual(Array.from({ length: 10 }, (_, i) => [2 + i, 3]));
    expect(leads(flat, [[11, 5], [20, 5]])).toEqual([]); // prettier-ignore
    expect(leads(flat, [[12, 5], [20, 5]])).toEqual([]); // prettier-ignore
  });

  it("a loss between two evaluations is on the line between them, at one it is that one", () => {
    const mine: Point[] = [[0, 8], [2, 4], [3, null], [6, 0]]; // prettier-ignore
    const theirs: Point[] = [[0, 0], [6, 0]]; // prettier-ignore
    expect(leads(mine, theirs, 7)).toEqual([[0, -8], [1, -6], [2, -4], [3, -3], [4, -2], [5, -1], [6, 0]]); // prettier-ignore
  });
});

describe("the contenders", () => {
  it("have eight experts unless told otherwise, and each of another seed other weights", () => {
    const { MoE, dense } = contenders(shape, 1);
    expect([MoE.config.nExpert, dense.config.nExpert, dense.config.topK]).toEqual([8, 0, 1]);
    expect(contenders(shape, 2).dense.stateDict()).not.toEqual(dense.stateDict());
  });

  it("are evaluated at every tenth of the steps, rounded up", async () => {
    const at: number[] = [];
    for await (const { step, valLoss } of compareTwins(shape, text, {
      steps: 11,
      batchSize: 1,
      evalBlocks: 1,
      seeds: [1],
      contenders: ["dense"],
    }))
      if (valLoss !== null) at.push(step);
    expect(at).toEqual([2, 4, 6, 8, 10, 11]);
  });

  it.each<[string, Partial<CompareOptions>]>([
    ["compareTwins: steps must be an integer from 1, got 0", { steps: 0 }],
    ["compareTwins: steps must be an integer from 1, got NaN", { steps: NaN }],
    ["compareTwins: seeds must be an integer, got 0.5", { seeds: [1, 0.5] }],
    [
      'compareTwins: contenders must be one of dense, MoE, dense, equal total, got "all"',
      { contenders: ["all" as "MoE"] },
    ],
  ])("refuse: %s", async (sentence, options) => {
    const rows = compareTwins(shape, text, { steps: 1, batchSize: 1, ...options });
    await expect(rows.next()).rejects.toThrow(sentence);
  });
});

describe("a run of the collapse lab", () => {
  const model = { blockSize: 8, dModel: 8 };
  async function rowsOf(options: CollapseOptions): Promise<CollapseRow[]> {
    const rows: CollapseRow[] = [];
    for await (const row of collapse(text, { model, steps: 3, batchSize: 2, evalBlocks: 1, ...options }))
      rows.push(row);
    return rows;
  }

  it("tells the layer that is used least evenly, and the dead of all layers", async () => {
    for (const row of await rowsOf({})) {
      const load = row.load!;
      expect(load.length).toBe(2);
      expect(row.effective).toBe(Math.min(...load.map(effectiveExperts)));
      expect(row.dead).toBe(deadExperts(load[0]) + deadExperts(load[1]));
    }
  });

  it("ends where its signal is aborted, and refuses a start that there is not", async () => {
    expect(await rowsOf({ signal: { aborted: true } })).toEqual([]);
    expect((await rowsOf({ signal: { aborted: false } })).length).toBe(3);
    await expect(rowsOf({ start: "odd" as "even" })).rejects.toThrow(
      'collapse: start must be one of even, biased, got "odd"',
    );
  });

  it("of a model without experts is no collapse", () => {
    const row = { step: 1, effective: 1, load: null, dead: 0 } as unknown as CollapseRow;
    expect(collapseSummary([row, { ...row, step: 2 }])).toMatchObject({
      collapsed: false,
      recovered: 1,
      lowestStep: 1,
    });
  });
});

it("the capacity lab measures the model's own weights under its own queue, with as many places as the factor gives", () => {
  const config = { ...shape, nExpert: 4, topK: 2, capacityFactor: 2, queue: "probability" } as const;
  const model = transformer(config, { seed: 3 });
  const [row] = capacityLab(model, text, { factors: [0.5], overflows: ["drop"], blocks: 6, batchSize: 3 });
  const limited = transformer({ ...config, capacityFactor: 0.5, evalCapacityFactor: "same" });
  limited.loadStateDict(model.stateDict());
  expect(row.loss).toBe(evaluate(limited, text, { blocks: 6, batchSize: 3 }));
  expect(row.kept + row.dropped).toBeCloseTo(1, 12);
  const byPosition = transformer({ ...config, capacityFactor: 0.5, queue: "position" });
  byPosition.loadStateDict(model.stateDict());
  expect(row.loss).not.toBe(evaluate(byPosition, text, { blocks: 6, batchSize: 3 }));
});

describe("specialization over more blocks than go through the model at a time", () => {
  const mixed = mixture([
    { name: "letters", text: "abcdefgh".repeat(80) },
    { name: "digits", text: "12345678".repeat(80) },
  ], { chunk: 8, chunks: 120, validationShare: 0.5 }); // prettier-ignore
  const { corpus, labels } = mixed;
  const vocabSize = corpus.tokenizer.vocabSize;
  const model = transformer({ ...shape, vocabSize, nExpert: 4, routerBias: true }, { seed: 2 }).eval();
  const blocks = [...corpus.blocks("validation", 1, 8, 40)];
  const characters = blocks.flatMap(({ inputs }) => [...inputs.toTypedArray()]);

  it("keeps tokens, their experts and their domains in step", () => {
    const { rows } = specialization(model, mixed, { blocks: 40, times: 2 });
    const routings = blocks.map(({ inputs }) => noGrad(() => model.forward(inputs)).routings);
    for (const layer of [0, 1]) {
      const experts = routings.flatMap((each) => [...favorites(each[layer])]);
      expect(rows[layer].character).toBeCloseTo(nmi(experts, characters), 12);
      expect(rows[layer].domain).toBeCloseTo(nmi(experts, [...labels.validation.subarray(0, 320)]), 12);
    }
  });

  it("names six characters of an expert, the most frequent first, equal ones in the order of the alphabet", () => {
    for (const [name, p] of model.namedParameters()) if (name.endsWith("router.bias")) p.set([99, 0, 0, 0]);
    const [[top, none]] = specialization(model, mixed, { blocks: 40, times: 2 }).topCharacters;
    const counts = new Map<string, number>();
    for (const id of characters) {
      const character = corpus.tokenizer.vocabulary[id];
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    const wanted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, 6);
    expect(top).toEqual(wanted.map(([character, n]) => ({ character, share: n / 320 })));
    expect(none).toEqual([]);
  });
});
