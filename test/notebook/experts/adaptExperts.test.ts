import { describe, expect, it } from "vitest";
import { Corpus } from "../../../lib/data/index.js";
import { Generator, noGrad, reshape, type Tensor } from "../../../lib/index.js";
import { transformer } from "../../../lib/models/index.js";
import { MoE, moeByLoop } from "../../../lib/moe/index.js";
import { adaptExperts } from "../../../lib/notebook/index.js";
import { losses, train } from "../../../lib/train/index.js";

const corpus = new Corpus("to be or not to be, that is the question. ".repeat(20));
const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 2, nHead: 1, dModel: 8, dExpert: 6 };
const newModel = () => transformer({ ...shape, nExpert: 4, topK: 2, gated: true, bias: false }, { seed: 2 });
const { inputs, targets } = [...corpus.blocks("train", 3, 8, 3)][0];
const chosen = [[0, 3], [1]]; // prettier-ignore
const plan = { steps: 5, batchSize: 2, lr: 1e-2, seed: 1, evalBlocks: 1 };

describe.each([
  { rank: null, each: 3 * 8 * 6 },
  { rank: 2, each: 3 * 2 * (8 + 6) },
])("experts that are adapted, rank $rank", ({ rank, each }) => {
  const adapted = () => {
    const model = newModel();
    return { model, count: adaptExperts(model, chosen, { rank, rng: new Generator(4) }) };
  };

  it("are so many numbers of the chosen experts, and change nothing at first", () => {
    const { model, count } = adapted();
    expect(count).toBe(3 * each);
    const [a, b] = [model, newModel()].map((one) => [...noGrad(() => one.forward(inputs)).logits.toTypedArray()]);
    expect(a).toEqual(b);
  });

  it("learn, while all tensors of the model stay what they were", async () => {
    const { model } = adapted();
    const before = newModel().stateDict();
    const rows: number[] = [];
    for await (const { loss } of train(model, corpus, plan)) rows.push(loss);
    const after = model.stateDict();
    for (const [name, { data }] of Object.entries(before)) expect(after[name].data, name).toEqual(data);
    const first = noGrad(() => losses(newModel(), inputs, targets)).loss.item();
    expect(noGrad(() => losses(model, inputs, targets)).loss.item()).toBeLessThan(first);
  });

  it("are what the layer computes, expert by expert, and those that were not chosen are as before", async () => {
    const { model } = adapted();
    for await (const _ of train(model, corpus, plan));
    const part = model.modules().find((own): own is MoE => own instanceof MoE)!;
    const { up } = part.experts.adapter!.onto(part.experts);
    const [now, before] = [up, part.experts.up].map((table) => [...table.toTypedArray()]);
    const isSame = [0, 1, 2, 3].map(
      (e) => now.slice(e * 48, e * 48 + 48).join() === before.slice(e * 48, e * 48 + 48).join(),
    );
    expect(isSame).toEqual([false, true, true, false]);
    noGrad(() => {
      const [block] = model.blocks;
      const x = block.norm2.forward(block.attend(model.embed(inputs)));
      const whole = [...part.forward(x).toTypedArray()];
      const rows = moeByLoop(part, reshape(x as Tensor, [-1, 8]));
      [...rows.toTypedArray()].forEach((value, i) => expect(value).toBeCloseTo(whole[i], 5));
    });
  });
});

it("refuses lists that fit no model, in a sentence", () => {
  const rng = new Generator(1);
  const model = newModel();
  expect(() => adaptExperts(model, [[0]], { rank: 1, rng })).toThrow("adaptExperts: the model has 2 layers of experts");
  expect(() => adaptExperts(model, [[4], []], { rank: 1, rng })).toThrow("adaptExperts: chosen[0][0] must be");
  expect(() => adaptExperts(model, [[1, 1], []], { rank: 1, rng })).toThrow("layer 0 names an expert twice, got 1, 1");
  expect(() => adaptExperts(model, chosen, { rank: 0, rng })).toThrow("adaptExperts: rank must be");
  adaptExperts(model, chosen, { rank: 1, rng });
  expect(() => adaptExperts(model, chosen, { rank: 1, rng })).toThrow("have an adapter already");
});
