import { describe, expect, test } from "vitest";
import {
  applyLora,
  Dropout,
  fromArray,
  Generator,
  gradcheck,
  Linear,
  Lora,
  loraState,
  mergeLora,
  MultiHeadAttention,
  mul,
  randn,
  sum,
  type Tensor,
} from "../../lib/index.js";
import { transformer } from "../../lib/models/index.js";
import { Corpus } from "../../lib/data/index.js";
import { train } from "../../lib/train/index.js";

const rng = new Generator(1);
const config = { vocabSize: 29, blockSize: 16, nLayer: 2, nHead: 2, dModel: 32 };
const ids = fromArray([1, 2, 3, 4], [1, 4], "int32");
const logitsOf = (model: ReturnType<typeof transformer>): Float32Array =>
  model.forward(ids).logits.toTypedArray() as Float32Array;
/** Gives B numbers, as training does. */
const awaken = (adapters: Iterable<Lora>): void => {
  for (const { b } of adapters) b.storage.f32().set(randn([...b.shape], rng, { std: 0.1 }).toTypedArray());
};

describe("LoRA", () => {
  test("starts as the model was, bit for bit, and can be taken away again", () => {
    const model = transformer(config, { seed: 2 });
    const before = logitsOf(model);
    const adapters = applyLora(model, ["query", "value"], { rng, rank: 4 });
    expect([...adapters.keys()]).toEqual([
      "blocks.0.attention.query",
      "blocks.0.attention.value",
      "blocks.1.attention.query",
      "blocks.1.attention.value",
    ]);
    expect(logitsOf(model)).toEqual(before);
    awaken(adapters.values());
    expect(logitsOf(model)).not.toEqual(before);
    for (const block of model.blocks) block.attention.query.adapter = block.attention.value.adapter = null;
    expect(logitsOf(model)).toEqual(before);
  });

  test("merged gives the same outputs without an adapter", () => {
    const model = transformer(config, { seed: 2 });
    const before = model.totalParameters();
    awaken(applyLora(model, ["query", "value", "up", "down"], { rng, rank: 3, alpha: 6 }).values());
    const adapted = logitsOf(model);
    expect(mergeLora(model)).toBe(8);
    expect(model.totalParameters()).toBe(before);
    logitsOf(model).forEach((value, i) => expect(value).toBeCloseTo(adapted[i], 5));
    expect(mergeLora(model)).toBe(0);
  });

  test("trains A and B alone, r (In + Out) numbers for each matrix", () => {
    const model = transformer(config, { seed: 2 });
    const total = model.totalParameters();
    applyLora(model, ["query", "value"], { rng, rank: 4 });
    expect(model.trainableParameters()).toBe(2 * 2 * 4 * (32 + 32));
    expect(model.totalParameters()).toBe(total + model.trainableParameters());
    sum(model.forward(ids).logits).backward();
    const withGrad = model.namedParameters().filter(([, p]) => p.grad);
    expect(withGrad.every(([name]) => /\.adapter\.[ab]$/.test(name))).toBe(true);
    expect(withGrad).toHaveLength(8);
  });

  test("has the gradients that finite differences measure", () => {
    const layer = new Linear<number, number>(4, 3, { rng, std: 0.5 });
    const [lora] = applyLora(layer, [""], { rng, rank: 2, alpha: 3 }).values();
    awaken([lora]);
    const x = Object.assign(randn([2, 4] as [number, number], rng), { requiresGrad: true });
    gradcheck(() => layer.forward(x), [x, lora.a, lora.b]);
  });

  test("scales by alpha / rank", () => {
    const delta = (alpha: number): Tensor => {
      const lora = new Lora(4, 3, { rng: new Generator(5), rank: 2, alpha });
      lora.b.storage.f32().fill(1);
      return lora.delta();
    };
    expect(delta(6).toArray()).toEqual(mul(delta(2), 3).toArray());
  });

  test("learns by training, and leaves every other weight as it was, bit for bit", async () => {
    const corpus = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(40), { name: "fox" });
    const model = transformer({ ...config, vocabSize: corpus.tokenizer.vocabSize }, { seed: 2 });
    const before = model.stateDict();
    applyLora(model, ["query", "value", "up", "down"], { rng, rank: 4 });
    const losses: number[] = [];
    for await (const { loss } of train(model, corpus, { steps: 80, batchSize: 4, lr: 2e-2 })) losses.push(loss);
    expect(losses.at(-1)).toBeLessThan(losses[0] - 0.3);
    const after = model.stateDict();
    for (const name of Object.keys(before)) expect(after[name]).toEqual(before[name]);
  });

  test("keeps its own state apart, to be put back into another copy of the model", () => {
    const [one, other] = [transformer(config, { seed: 2 }), transformer(config, { seed: 2 })];
    awaken(applyLora(one, ["query"], { rng, rank: 2 }).values());
    applyLora(other, ["query"], { rng: new Generator(9), rank: 2 });
    const state = loraState(one);
    expect(Object.keys(state)).toHaveLength(4);
    expect(other.loadStateDict(state, { strict: false }).unknown).toEqual([]);
    expect(logitsOf(other)).toEqual(logitsOf(one));
  });

  test("chooses by the end of a path", () => {
    const model = transformer(config);
    expect([...applyLora(model, ["1.attention.out"], { rng, rank: 1 }).keys()]).toEqual(["blocks.1.attention.out"]);
  });

  test("says which names there are, and that one adapter is enough", () => {
    const model = new MultiHeadAttention(8, 2, { rng });
    expect(() => applyLora(model, ["q_proj"], { rng, rank: 2 })).toThrow(
      'applyLora: no Linear of this model is called "q_proj"; there are query, key, value, out',
    );
    expect(() => applyLora(new Dropout(0, { rng }), ["up"], { rng, rank: 2 })).toThrow("there are none");
    expect(model.trainableParameters()).toBe(model.totalParameters());
    applyLora(model, ["query"], { rng, rank: 2 });
    expect(() => applyLora(model, ["query"], { rng, rank: 2 })).toThrow(
      "applyLora: query has an adapter already; mergeLora first",
    );
    expect(() => new Lora(2, 2, { rng, rank: 0 })).toThrow("lora: rank must be a whole number from 1, got 0");
  });
});
