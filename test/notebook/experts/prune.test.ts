import { describe, expect, it } from "vitest";
import { fromArray, Generator, noGrad } from "../../../lib/index.js";
import { countParameters, transformer, type Transformer } from "../../../lib/models/index.js";
import { withoutExperts } from "../../../lib/moe/index.js";
import { pruneExperts, pruneHidden } from "../../../lib/notebook/index.js";

const shape = { vocabSize: 9, blockSize: 8, nLayer: 2, nHead: 1, dModel: 8 };
const moe = transformer({ ...shape, nExpert: 4, topK: 2, dExpert: 6, gated: true }, { seed: 3 });
const dense = transformer({ ...shape, dHidden: 6, gated: true }, { seed: 3 });
const rng = new Generator(1);
const ids = fromArray(Array.from({ length: 16 }, () => rng.below(9)), [2, 8], "int32"); // prettier-ignore
const logits = (model: Transformer): number[] => [...noGrad(() => model.forward(ids)).logits.toTypedArray()];

function expectClose(a: readonly number[], b: readonly number[]): void {
  expect(Math.max(...a.map((x, i) => Math.abs(x - b[i])))).toBeLessThan(1e-6);
}

describe("pruneExperts", () => {
  it("computes what the whole model does while the others are switched off", () => {
    const kept = [[0, 3], [1, 2, 3].slice(0, 2)]; // prettier-ignore
    const off = kept.map((own) => [0, 1, 2, 3].filter((e) => !own.includes(e)));
    expectClose(
      logits(pruneExperts(moe, kept)),
      withoutExperts(moe, off, () => logits(moe)),
    );
  });

  it("keeps all as they are, and gives all of a token to one expert that is left alone", () => {
    const all = [0, 1, 2, 3];
    expectClose(logits(pruneExperts(moe, [all, all])), logits(moe));
    const single = pruneExperts(moe, [[1], [2]]);
    expect(single.config).toMatchObject({ nExpert: 1, topK: 1 });
    for (const { weights } of noGrad(() => single.forward(ids)).routings)
      for (const weight of weights.toTypedArray()) expect(weight).toBe(1);
  });

  it("has as many parameters less as the experts and their rows of the router", () => {
    const gone = countParameters(moe).total - countParameters(pruneExperts(moe, [[0], [0]])).total;
    expect(gone).toBe(2 * 3 * (3 * 8 * 6 + 8));
  });

  it("leaves the model, and refuses lists that fit no model", () => {
    const before = logits(moe);
    pruneExperts(moe, [[0], [1]]);
    expect(logits(moe)).toEqual(before);
    expect(() => pruneExperts(moe, [[0]])).toThrow("pruneExperts: needs a list for each of 2 layers, got");
    expect(() => pruneExperts(moe, [[0, 1], [2]])).toThrow("every layer must keep equally many");
    expect(() => pruneExperts(moe, [[0, 0], [1, 2]])).toThrow("each once"); // prettier-ignore
    expect(() => pruneExperts(moe, [[4], [1]])).toThrow("pruneExperts: kept[0][0] must be");
    expect(() => pruneExperts(dense, [[0], [1]])).toThrow("pruneExperts needs a model with experts, got a dense one");
  });
});

describe("pruneHidden", () => {
  it("computes what the whole model does with the other features silenced", () => {
    const kept = [[0, 2, 5], [1, 3, 4]]; // prettier-ignore
    const quiet = transformer({ ...shape, dHidden: 6, gated: true }, { seed: 3 });
    const state = quiet.stateDict();
    kept.forEach((own, layer) => {
      const { data } = state[`blocks.${layer}.feedForward.down.weight`];
      data.forEach((_, i) => {
        if (!own.includes(i % 6)) data[i] = 0;
      });
    });
    quiet.loadStateDict(state);
    expectClose(logits(pruneHidden(dense, kept)), logits(quiet));
    expect(() => pruneHidden(moe, kept)).toThrow("pruneHidden needs a dense model, got one with experts");
  });
});
