import { describe, expect, it } from "vitest";
import { Corpus } from "../../../lib/data/index.js";
import { Generator, noGrad, randn, reshape, slice, type Tensor } from "../../../lib/index.js";
import { transformer, type Transformer } from "../../../lib/models/index.js";
import { MoE } from "../../../lib/moe/index.js";
import type { FeedForward } from "../../../lib/nn/index.js";
import { drawEach, expertUse, hiddenUse, largest, mostUsed, relevantExperts } from "../../../lib/notebook/index.js";

const corpus = new Corpus("to be or not to be, that is the question. ".repeat(20));
const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 2, nHead: 1, dModel: 8, dExpert: 6 };
/** With routers and experts that differ, as after training. */
function shaken(model: Transformer): Transformer {
  const rng = new Generator(5);
  const state = model.stateDict();
  for (const [name, { shape, data }] of Object.entries(state))
    if (name.includes("feedForward")) data.set(randn([...shape], rng.fork(name), { std: 0.5 }).toTypedArray());
  model.loadStateDict(state);
  return model;
}
const moe = shaken(transformer({ ...shape, nExpert: 4, topK: 2, gated: true }, { seed: 2 }));
const dense = shaken(transformer({ ...shape, dHidden: 5 }, { seed: 2 }));
const { inputs } = [...corpus.blocks("train", 3, 8, 3)][0];

/** What enters the feed-forward part of the first layer, a row a token. */
const entering = (model: Transformer): Tensor[] =>
  noGrad(() => {
    const [block] = model.blocks;
    const x = reshape(block.norm2.forward(block.attend(model.embed(inputs))) as Tensor, [-1, 8]);
    return Array.from({ length: x.shape[0] }, (_, n) => slice(x, 0, n, n + 1));
  });
const length = (row: Iterable<number>): number => Math.sqrt([...row].reduce((sum, x) => sum + x * x, 0));

describe("expertUse", () => {
  const rows = expertUse(moe, corpus, { blocks: 3 });

  it("counts tokens and weights, token by token", () => {
    const { routings } = noGrad(() => moe.forward(inputs));
    for (const { layer, expert, load, weight } of rows) {
      const own = routings[layer].assignments().flatMap((a, i) => (a.expert === expert ? [i] : []));
      const weights = routings[layer].weights.toTypedArray();
      expect(load).toBeCloseTo(own.length / (2 * inputs.size), 9);
      expect(weight).toBeCloseTo(own.reduce((sum, i) => sum + weights[i], 0) / inputs.size, 5);
    }
  });

  it("means weight times length of the output, as one token after another gives it", () => {
    const part = moe.modules().find((own): own is MoE => own instanceof MoE)!;
    const sums = [0, 1, 2, 3].map(() => ({ sum: 0, count: 0 }));
    for (const x of entering(moe)) {
      const { experts, weights } = noGrad(() => part.router.forward(x));
      [...experts].forEach((expert, i) => {
        const starts = Int32Array.from([0, 1, 2, 3, 4], (e) => (e > expert ? 1 : 0));
        const y = noGrad(() => part.experts.forward(x, starts).y).toTypedArray();
        sums[expert].sum += weights.toTypedArray()[i] * length(y);
        sums[expert].count++;
      });
    }
    sums.forEach(({ sum, count }, expert) => {
      expect(rows[expert].output).toBeCloseTo(count > 0 ? sum / count : 0, 4);
    });
  });

  it("sums to 1 in each layer", () => {
    for (const layer of [0, 1])
      for (const by of ["load", "weight"] as const) {
        const own = rows.filter((row) => row.layer === layer);
        expect(own.reduce((sum, row) => sum + row[by], 0)).toBeCloseTo(1, 9);
      }
  });

  it("refuses what it cannot ask, in a sentence", () => {
    expect(() => expertUse(dense, corpus)).toThrow("expertUse needs a model with experts, got a dense one");
    expect(() => expertUse(moe, corpus, { blocks: 0 })).toThrow("expertUse: blocks must be");
    expect(() => hiddenUse(moe, corpus)).toThrow("hiddenUse needs a dense model, got one with experts");
  });
});

describe("hiddenUse", () => {
  it("means what each hidden feature writes, token by token", () => {
    const { up, down } = dense.blocks[0].feedForward as unknown as FeedForward;
    const [use] = hiddenUse(dense, corpus, { blocks: 3 });
    const columns = down.weight.toTypedArray();
    const lengths = use.map((_, f) => length(Array.from({ length: 8 }, (_, d) => columns[d * use.length + f])));
    // GELU as the engine has it, by its limits: far below 0 nothing, far above 0 the same.
    const gelu = (x: number) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    const tokens = entering(dense);
    use.forEach((value, f) => {
      const byHand = tokens.map((x) => Math.abs(gelu(noGrad(() => up.forward(x)).toTypedArray()[f])) * lengths[f]);
      expect(value).toBeCloseTo(byHand.reduce((a, b) => a + b) / tokens.length, 2);
    });
  });
});

describe("choices by these numbers", () => {
  const row = (layer: number, expert: number, weight: number) => ({
    layer,
    expert,
    weight,
    load: 1 - weight,
    output: 0,
  });
  const use = [row(0, 0, 0.2), row(0, 1, 0.5), row(0, 2, 0.3), row(1, 0, 0.6), row(1, 1, 0.3), row(1, 2, 0.1)];

  it("take the largest of each layer, of equal ones the first", () => {
    expect(mostUsed(use, 2)).toEqual([[1, 2], [0, 1]]); // prettier-ignore
    expect(mostUsed(use, 1, "load")).toEqual([[0], [2]]);
    expect(mostUsed(use, 1, "output")).toEqual([[0], [0]]);
    expect(largest([[0.1, 0.7, 0.2], [3, 1, 2]], 2)).toEqual([[1, 2], [0, 2]]); // prettier-ignore
  });

  it("take as many as a share of the weights needs", () => {
    expect(relevantExperts(use, 0.5)).toEqual([[1], [0]]);
    expect(relevantExperts(use, 0.8)).toEqual([[1, 2], [0, 1]]); // prettier-ignore
    expect(relevantExperts(use, 1)).toEqual([[0, 1, 2], [0, 1, 2]]); // prettier-ignore
    expect(() => relevantExperts(use, 0)).toThrow("relevantExperts: share must be");
  });

  it("draw different ones, every one as often, and the same again from one seed", () => {
    const drawn = drawEach(400, 4, 2, new Generator(1));
    const counts = [0, 1, 2, 3].map((e) => drawn.filter((own) => own.includes(e)).length);
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(40);
    expect(drawn.every((own) => own.length === 2 && own[0] < own[1])).toBe(true);
    expect(drawEach(400, 4, 2, new Generator(1))).toEqual(drawn);
    expect(() => drawEach(1, 2, 3, new Generator(1))).toThrow("drawEach: count 3 must not exceed of 2");
  });
});
