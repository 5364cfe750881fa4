/** What layers and first weights are without options, and which inputs layers refuse. */

import { describe, expect, it } from "vitest";
import {
  Dropout,
  Embedding,
  FeedForward,
  Generator,
  init,
  LearnedPositions,
  Linear,
  loadSafetensors,
  Lora,
  LSTM,
  MultiHeadAttention,
  RNN,
  SinusoidalPositions,
  type Tensor,
  zeros,
} from "../../lib/index.js";
import { Experts, MoE, Router, SoftMoE } from "../../lib/moe/index.js";

const rng = (): Generator => new Generator(7);
const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray());
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const std = (x: Tensor): number => Math.sqrt(mean(numbers(x).map((value) => value ** 2)));

describe("first weights without options are normal numbers of standard deviation 0.02", () => {
  const feedForward = new FeedForward(60, 80, { rng: rng(), gated: true });
  const attention = new MultiHeadAttention(64, 4, { rng: rng() });
  const experts = new Experts(4, 40, 30, { rng: rng() });
  const soft = new SoftMoE(80, 30, { rng: rng(), nExpert: 60 });
  it.each<[string, Tensor]>([
    ["Linear", new Linear(60, 80, { rng: rng() }).weight],
    ["Embedding", new Embedding(60, 80, { rng: rng() }).weight],
    ["LearnedPositions", new LearnedPositions(60, 80, { rng: rng() }).weight],
    ["FeedForward, up", feedForward.up.weight],
    ["FeedForward, gate", feedForward.gate!.weight],
    ["FeedForward, down", feedForward.down.weight],
    ["MultiHeadAttention, query", attention.query.weight],
    ["MultiHeadAttention, out", attention.out.weight],
    ["Router", new Router(80, 60, { rng: rng(), topK: 1 }).weight!],
    ["Experts, up", experts.up],
    ["Experts, down", experts.down],
    ["SoftMoE, slots", soft.slots],
    ["SoftMoE, up", soft.experts.up],
    ["SoftMoE, down", soft.experts.down],
  ])("%s", (_, weight) => {
    expect(std(weight) / 0.02).toBeGreaterThan(1 - 4 / Math.sqrt(2 * weight.size));
    expect(std(weight) / 0.02).toBeLessThan(1 + 4 / Math.sqrt(2 * weight.size));
  });

  it("what is added to the residual may have its own, else it has that of the others", () => {
    for (const Layer of [
      (options: object) => new FeedForward(60, 80, { rng: rng(), ...options }).down.weight,
      (options: object) => new Experts(4, 40, 30, { rng: rng(), ...options }).down,
      (options: object) => new MultiHeadAttention(64, 4, { rng: rng(), ...options }).out.weight,
    ]) {
      expect(std(Layer({ std: 0.1 })) / 0.1).toBeCloseTo(1, 1);
      expect(std(Layer({ std: 0.1, residualStd: 0.5 })) / 0.5).toBeCloseTo(1, 1);
    }
  });
});

it("layers with experts hand the standard deviation that they are given to all their parts", () => {
  const moe = new MoE(60, 60, { rng: rng(), nExpert: 30, topK: 2, nSharedExpert: 1, std: 0.1, residualStd: 0.3 });
  const soft = new SoftMoE(60, 60, { rng: rng(), nExpert: 30, std: 0.1, residualStd: 0.3 });
  for (const weight of [moe.router.weight!, moe.experts.up, moe.shared!.up.weight, soft.slots, soft.experts.up])
    expect(std(weight)).toBeCloseTo(0.1, 2);
  for (const weight of [moe.experts.down, moe.shared!.down.weight, soft.experts.down])
    expect(std(weight)).toBeCloseTo(0.3, 1);
});

it("activations are gelu, and silu behind a gate, unless told otherwise", () => {
  expect(new FeedForward(2, 2, { rng: rng() }).activation).toBe("gelu");
  expect(new FeedForward(2, 2, { rng: rng(), gated: true }).activation).toBe("silu");
  expect(new Experts(2, 2, 2, { rng: rng() }).activation).toBe("gelu");
  expect(new RNN(2, 2, { rng: rng() }).activation).toBe("tanh");
});

describe("init without options", () => {
  const x = (): Tensor<[number, number]> => zeros([50, 80] as [number, number]);
  it.each<[string, (x: Tensor, rng: Generator, options?: never) => Tensor, object]>([
    ["uniform", init.uniform, { low: 0, high: 1 }],
    ["normal", init.normal, { mean: 0, std: 1 }],
    ["truncatedNormal", init.truncatedNormal, { mean: 0, std: 1, low: -2, high: 2 }],
    ["xavierUniform", init.xavierUniform, { gain: 1 }],
    ["xavierNormal", init.xavierNormal, { gain: 1 }],
    ["kaimingUniform", init.kaimingUniform, { mode: "fanIn", gain: Math.SQRT2 }],
    ["kaimingNormal", init.kaimingNormal, { mode: "fanIn", gain: Math.SQRT2 }],
    ["orthogonal", init.orthogonal, { gain: 1 }],
  ])("%s is as with %j", (_, fill, options) => {
    const same = numbers(fill(x(), rng(), options as never));
    expect(numbers(fill(x(), rng()))).toEqual(same);
    expect(numbers(fill(x(), rng(), {} as never))).toEqual(same);
    for (const [name, value] of Object.entries(options)) {
      const other = typeof value === "number" ? value + 0.125 : "fanOut";
      expect(numbers(fill(x(), rng(), { ...options, [name]: other } as never))).not.toEqual(same);
    }
  });

  it("recurrent weights are even within ±1 / √F", () => {
    for (const layer of [new RNN(30, 25, { rng: rng() }), new LSTM(30, 25, { rng: rng() })])
      for (const weight of layer.parameters()) {
        const largest = Math.max(...numbers(weight).map(Math.abs));
        expect(largest).toBeLessThanOrEqual(0.2);
        expect(largest).toBeGreaterThan(0.2 * 0.7);
      }
  });
});

describe("a layer refuses", () => {
  const [lstm, rnn] = [new LSTM(4, 3, { rng: rng() }), new RNN(4, 3, { rng: rng() })];
  const of = (...shape: number[]): Tensor => zeros(shape); // of a shape that only the run knows
  const [x, good, bad] = [of(2, 5, 4), of(2, 3), of(2, 4)];
  it.each<[string, () => unknown, RegExp]>([
    ["a state h of another size", () => lstm.forward(x, { h: bad, c: good }), /state h.*\[2, 3\].*\[2, 4\]/],
    ["a state c of another size", () => lstm.forward(x, { h: good, c: bad }), /state c.*\[2, 3\].*\[2, 4\]/],
    ["a state of another size", () => rnn.forward(x, bad), /state.*\[2, 3\].*\[2, 4\]/],
    ["other features", () => lstm.forward(of(2, 5, 1)), /4.*\[2, 5, 1\]/],
    ["one feature instead of four", () => new SinusoidalPositions(4).forward(of(2, 5, 1)), /4.*\[2, 5, 1\]/],
    ["no sequences", () => new SinusoidalPositions(4).forward(of(5, 4)), /\[5, 4\]/],
  ])("%s", (_, forward, sentence) => {
    expect(forward).toThrow(sentence);
  });
});

describe("without a generator of random numbers, the sentence names the one that needs it:", () => {
  const none = undefined as unknown as Generator;
  const x = (): Tensor<[number, number]> => zeros([3, 3] as [number, number]);
  it.each<[string, () => unknown]>([
    ["init.uniform", () => init.uniform(x(), none)],
    ["init.normal", () => init.normal(x(), none)],
    ["init.truncatedNormal", () => init.truncatedNormal(x(), none)],
    ["init.orthogonal", () => init.orthogonal(x(), none)],
    ["Linear", () => new Linear(2, 2, { rng: none })],
    ["Embedding", () => new Embedding(2, 2, { rng: none })],
    ["LearnedPositions", () => new LearnedPositions(2, 2, { rng: none })],
    ["FeedForward", () => new FeedForward(2, 2, { rng: none })],
    ["MultiHeadAttention", () => new MultiHeadAttention(2, 1, { rng: none })],
    ["Dropout", () => new Dropout(0.5, { rng: none })],
    ["RNN", () => new RNN(2, 2, { rng: none })],
    ["LSTM", () => new LSTM(2, 2, { rng: none })],
    ["Lora", () => new Lora(2, 2, { rng: none, rank: 1 })],
    ["Router", () => new Router(2, 2, { rng: none, topK: 1 })],
    ["Experts", () => new Experts(2, 2, 2, { rng: none })],
    ["MoE", () => new MoE(2, 2, { rng: none, nExpert: 2, topK: 1 })],
    ["SoftMoE", () => new SoftMoE(2, 2, { rng: none, nExpert: 2 })],
  ])("%s", (name, make) => {
    expect(make).toThrow(`${name} needs a generator of random numbers, such as new Generator(1), got undefined`);
  });
});

it("numbers of 32 bits without a sign are read up to 2³¹ − 1, and refused above", () => {
  const file = (...values: number[]): Uint8Array => {
    const size = 4 * values.length;
    const header = `{"x":{"dtype":"U32","shape":[${values.length}],"data_offsets":[0,${size}]}}`;
    const bytes = new Uint8Array(8 + header.length + size);
    new DataView(bytes.buffer).setUint32(0, header.length, true);
    bytes.set(new TextEncoder().encode(header), 8);
    bytes.set(new Uint8Array(Uint32Array.from(values).buffer), 8 + header.length);
    return bytes;
  };
  expect(Array.from(loadSafetensors(file(0, 2 ** 31 - 1)).state.x.data)).toEqual([0, 2 ** 31 - 1]);
  for (const values of [[2 ** 31], [7, 2 ** 31], [2 ** 32 - 1, 7]])
    expect(() => loadSafetensors(file(...values))).toThrow("x holds an integer that does not fit into 32 bits");
});
