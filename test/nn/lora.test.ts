import { describe, expect, test } from "vitest";
import {
  applyLora,
  Dropout,
  Embedding,
  fromArray,
  Generator,
  gradcheck,
  Linear,
  Lora,
  loraState,
  mergeLora,
  Module,
  MultiHeadAttention,
  mul,
  randn,
  sum,
  type Tensor,
} from "../../lib/index.js";
import { transformer } from "../../lib/models/index.js";
import { Corpus } from "../../lib/data/index.js";
import { SGD, train } from "../../lib/train/index.js";

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
    expect(() => new Lora(2, 2, { rng, rank: 0 })).toThrow("lora: rank must be an integer from 1, got 0");
  });

  test("matches whole names of a path only: proj is not q_proj", () => {
    class Attention extends Module {
      readonly q_proj = new Linear(2, 2, { rng });
      readonly proj = new Linear(2, 2, { rng });
      readonly inner = {
        proj: new Linear(2, 2, { rng }),
        "out.proj": new Linear(2, 2, { rng }),
        myproj: new Linear(2, 2, { rng }),
      };
    }
    const paths = (...names: string[]): string[] => [...applyLora(new Attention(), names, { rng, rank: 1 }).keys()];
    expect(paths("proj")).toEqual(["proj", "inner.proj", "inner.out.proj"]);
    expect(paths("inner.proj")).toEqual(["inner.proj"]);
    expect(paths("q_proj", "q_proj")).toEqual(["q_proj"]);
    expect(() => paths("nner.proj")).toThrow(
      'no Linear of this model is called "nner.proj"; there are q_proj, proj, myproj',
    );
    for (const none of [[], undefined, "proj"])
      expect(() => applyLora(new Attention(), none as string[], { rng, rank: 1 })).toThrow(
        "applyLora: needs the names of layers",
      );
    expect(() => new Lora(2, 2, { rng, rank: 1, alpha: NaN })).toThrow("lora: alpha must be a number, got NaN");
  });

  test("starts A evenly spread over ±1/√In, as PEFT and torch.nn.Linear, and B at 0", () => {
    const size = 400;
    const lora = new Lora(size, 3, { rng: new Generator(3), rank: 100 });
    const a = Array.from(lora.a.toTypedArray());
    const bound = 1 / Math.sqrt(size);
    expect(Math.max(...a.map(Math.abs))).toBeLessThanOrEqual(Math.fround(bound));
    expect(Math.max(...a)).toBeGreaterThan(0.999 * bound);
    expect(Math.min(...a)).toBeLessThan(-0.999 * bound);
    const std = Math.sqrt(a.reduce((sum, v) => sum + v * v, 0) / a.length);
    expect(Math.abs(std / (bound / Math.sqrt(3)) - 1)).toBeLessThan(4 / Math.sqrt(2 * a.length));
    expect(lora.b.toTypedArray().every((v) => v === 0)).toBe(true);
  });
});

describe("LoRA and what is shared", () => {
  class Two extends Module {
    constructor(
      readonly one: Linear,
      readonly two: Module | Linear,
    ) {
      super();
    }
  }
  const x = randn([3, 4], rng) as Tensor;

  test("a Linear that is used in two places gets one adapter, found by either name and merged once", () => {
    for (const names of [["one"], ["proj"], ["one", "proj"]]) {
      const shared = new Linear(4, 4, { rng });
      class Inner extends Module {
        readonly proj = shared;
      }
      const model = new Two(shared, new Inner());
      const added = applyLora(model, names, { rng, rank: 2 });
      expect([...added.keys()]).toEqual(["one"]);
      expect(added.get("one")).toBe(shared.adapter);
      expect(model.trainableParameters()).toBe(2 * (4 + 4));
      awaken(added.values());
      const before = shared.forward(x) as Tensor;
      expect(mergeLora(model)).toBe(1);
      expect(mergeLora(model)).toBe(0);
      const after = (shared.forward(x) as Tensor).toTypedArray();
      before.toTypedArray().forEach((v, i) => expect(after[i]).toBeCloseTo(v, 5));
    }
  });

  test.each<[string, (layer: Linear) => Module]>([
    ["another Linear", (layer) => Object.assign(new Linear(4, 4, { rng }), { weight: layer.weight })],
    ["an embedding", (layer) => Object.assign(new Embedding(4, 4, { rng }), { weight: layer.weight })],
    ["a property of the user's", (layer) => Object.assign(new Dropout(0, { rng }), { tied: [layer.weight] })],
  ])("a weight that is tied to %s is not merged, and nothing else is either", (_, tie) => {
    const layer = new Linear<number, number>(4, 4, { rng });
    const other = new Linear<number, number>(4, 4, { rng });
    const model = new Two(other, new Two(layer, tie(layer)));
    const names = ["one"];
    awaken(applyLora(model, names, { rng, rank: 2 }).values());
    const before = model.stateDict();
    expect(() => mergeLora(model)).toThrow(
      /^mergeLora: two\.one\.weight and two\.two\.\S+ are one weight, and merging would change both; keep/,
    );
    expect(model.stateDict()).toEqual(before);
    expect(other.adapter).not.toBeNull();
  });

  test("a second call leaves the adapters of the first trainable", () => {
    const model = transformer(config, { seed: 2 });
    const first = applyLora(model, ["query"], { rng, rank: 2 });
    const second = applyLora(model, ["value"], { rng, rank: 2 });
    const count = [...first.values(), ...second.values()].reduce((sum, lora) => sum + lora.totalParameters(), 0);
    expect(model.trainableParameters()).toBe(count);
  });

  test("gradients from before do not move what is frozen: left over, or from a graph that was recorded before", () => {
    for (const late of [false, true]) {
      const layer = new Linear<number, number>(4, 4, { rng });
      const optimizer = new SGD(layer.parameters());
      const loss = sum(layer.forward(x as never) as Tensor);
      if (!late) loss.backward();
      const before = layer.weight.toTypedArray();
      applyLora(layer, [""], { rng, rank: 1 });
      if (late) loss.backward();
      optimizer.step(1);
      expect(layer.weight.grad).toBeNull();
      expect(layer.weight.toTypedArray()).toEqual(before);
    }
  });

  test("an adapter beside a layer that was frozen before, merged: frozen still, with the same outputs", () => {
    const layer = new Linear<number, number>(4, 4, { rng });
    layer.weight.requiresGrad = false;
    awaken(applyLora(layer, [""], { rng, rank: 2 }).values());
    const before = (layer.forward(x) as Tensor).toTypedArray();
    expect(mergeLora(layer)).toBe(1);
    expect(layer.weight.requiresGrad).toBe(false);
    (layer.forward(x) as Tensor).toTypedArray().forEach((v, i) => expect(v).toBeCloseTo(before[i], 5));
  });
});
