/** The words of a config that turn a twin from GPT-2's form to Llama's: everything that a twin can do, it does with each of them. */

import { describe, expect, test } from "vitest";
import { applyLora, crossEntropy, fromArray, Generator, gradcheck, Identity, mergeLora, noGrad, RMSNorm, type Tensor } from "../../lib/index.js"; // prettier-ignore
import { CharTokenizer } from "../../lib/data/index.js";
import {
  type ConfigInput,
  modelConfig,
  type Transformer,
  transformer,
  twins,
  upcycle,
} from "../../lib/models/index.js";
import { generate } from "../../lib/train/index.js";

const small = { vocabSize: 11, blockSize: 8, nLayer: 2, nHead: 2, dModel: 8, dHidden: 12 };
const llama = { normalization: "rmsNorm", positions: "rotary", gated: true } as const;
const forms: Partial<ConfigInput>[] = [
  { normalization: "rmsNorm" },
  { positions: "rotary" },
  { gated: true },
  llama,
  { ...llama, bias: true },
  { ...llama, activation: "geluTanh" },
  { positions: "sinusoidal" },
  { normalization: "none", positions: "rotary" },
  { residual: false },
  { window: 3 },
];
const all = forms.flatMap((form) => [form, { ...form, nExpert: 4, nSharedExpert: 1 }]);

const row = [1, 2, 3, 4, 5, 6, 7, 8];
const ids = (...rows: number[][]): Tensor<[number, number]> =>
  fromArray(rows.flat(), [rows.length, rows[0].length], "int32");
const logits = (model: Transformer): number[] => noGrad(() => [...model.forward(ids(row)).logits.toTypedArray()]);

/** Weights far from zero, so that every token and every tensor matters. */
function moved(model: Transformer): Transformer {
  const rng = new Generator(2);
  for (const p of model.parameters()) p.storage.f32().forEach((w, i, numbers) => (numbers[i] = w + 0.4 * rng.normal()));
  return model;
}

describe.each(all.map((form) => [JSON.stringify(form), form] as const))("%s", (_, form) => {
  const config = { ...small, ...form };
  const model = moved(transformer(config, { seed: 1 }));

  test("a text read in parts gives the scores of one read whole", () => {
    const whole = logits(model);
    for (const cuts of [
      [1, 2, 3, 4, 5, 6, 7, 8],
      [5, 8],
    ]) {
      const caches = model.newCaches();
      const parts = noGrad(() =>
        cuts.flatMap((end, i) => [
          ...model.forward(ids(row.slice(cuts[i - 1] ?? 0, end)), { caches }).logits.toTypedArray(),
        ]),
      );
      parts.forEach((z, i) => expect(Math.abs(z - whole[i])).toBeLessThan(5e-5));
    }
  });

  test("the order of earlier tokens counts, and no later token does", () => {
    const last = (tokens: number[]): number[] =>
      noGrad(() => [...model.forward(ids(tokens)).logits.toTypedArray()].slice(-11));
    const apart = (a: number[], b: number[]): number => Math.max(...a.map((z, i) => Math.abs(z - b[i])));
    expect(apart(last([1, 2, 3]), last([2, 1, 3]))).toBeGreaterThan(1e-3);
    const [a, b] = [[...row], [...row.slice(0, 5), 0, 0, 0]].map((tokens) =>
      noGrad(() => [...model.forward(ids(tokens)).logits.toTypedArray()].slice(0, 5 * 11)),
    );
    expect(apart(a, b)).toBeLessThan(1e-5);
  });

  test("writes the same with and without a cache, also past the block", () => {
    const text = (cache: boolean): string =>
      generate(model, new CharTokenizer("abcdefghijk"), "abc", { tokens: 12, temperature: 0, cache });
    expect(text(true)).toBe(text(false));
  });

  test("blockSize is the longest context", () => {
    expect(() => model.forward(ids([...row, 1]))).toThrow("the model reads at most 8 tokens (blockSize), got 9");
  });

  test("has the gradients that finite differences measure", () => {
    const sampled = model.parameters().filter((p) => p.size <= 64);
    const labels = fromArray([2, 3, 4, 5], [1, 4], "int32");
    gradcheck(() => crossEntropy(model.forward(ids([1, 2, 3, 4])).logits, labels), sampled, {
      ...{ step: 2e-3, atol: 2e-2, rtol: 3e-2 },
    });
  });

  test("LoRA beside its layers starts as the model was, and merges to the same", () => {
    const tuned = moved(transformer(config, { seed: 1 }));
    const before = logits(tuned);
    const names = ["query", "value", ...(config.nExpert ? [] : ["down", ...(config.gated ? ["gate"] : [])])];
    const added = applyLora(tuned, names, { rng: new Generator(3), rank: 2 });
    expect(added.size).toBe(2 * names.length);
    expect(logits(tuned)).toEqual(before);
    for (const lora of added.values()) lora.b.storage.f32().fill(0.1);
    const corrected = logits(tuned);
    mergeLora(tuned);
    logits(tuned).forEach((z, i) => expect(Math.abs(z - corrected[i])).toBeLessThan(5e-5));
    expect(corrected).not.toEqual(before);
  });

  test("is the form of both twins, which differ in the feed-forward part alone", () => {
    const { dense, moe } = twins({ ...config, nExpert: 4 }, { seed: 5 });
    const outside = (twin: Transformer) =>
      Object.entries(twin.stateDict()).filter(([name]) => !name.includes("feedForward"));
    expect(outside(moe)).toEqual(outside(dense));
    expect([dense.norm, moe.norm].every((norm) => norm instanceof RMSNorm === (form.normalization === "rmsNorm"))).toBe(
      true,
    );
    expect(dense.positions === null).toBe(form.positions === "rotary");
    expect(
      dense.blocks.every(({ norm1, norm2 }) =>
        [norm1, norm2].every((norm) => norm instanceof Identity === (form.normalization === "none")),
      ),
    ).toBe(true);
    const gates = dense.namedParameters().filter(([name]) => name.endsWith("feedForward.gate.weight"));
    expect(gates.length).toBe(form.gated ? 2 : 0);
  });
});

test.each(forms.map((form) => [JSON.stringify(form), form] as const))(
  "upcycled, %s gives the dense output",
  (_, form) => {
    const dense = moved(transformer({ ...small, ...form }, { seed: 1 }));
    const expected = logits(dense);
    const moe = upcycle(dense, { nExpert: 3 });
    expect(moe.config).toMatchObject(form);
    logits(moe).forEach((z, i) => expect(Math.abs(z - expected[i])).toBeLessThan(5e-5));
  },
);

describe("what is left out", () => {
  const random = moved(transformer({ ...small, window: 1 }, { seed: 1 }));
  const scores = (model: Transformer, ...tokens: number[]): number[] =>
    noGrad(() => [...model.forward(ids(tokens)).logits.toTypedArray()]);
  const apart = (a: number[], b: number[]): number => Math.max(...a.map((z, i) => Math.abs(z - b[i])));

  test("with a window of 1 no token sees another; with a window of 2 in two layers, the third sees the first", () => {
    expect(scores(random, 1, 2, 3).slice(11)).toEqual(scores(random, 7, 2, 3).slice(11));
    const two = transformer({ ...small, window: 2 });
    two.loadStateDict(random.stateDict());
    const [a, b] = [scores(two, 1, 2, 3, 4), scores(two, 7, 2, 3, 4)];
    expect(apart(a.slice(22, 33), b.slice(22, 33))).toBeGreaterThan(1e-3);
    expect(a.slice(33)).toEqual(b.slice(33));
  });

  test("without positions one layer cannot tell the order of earlier tokens, two layers can", () => {
    const last = (nLayer: number, ...tokens: number[]): number[] =>
      scores(moved(transformer({ ...small, nLayer, positions: "none" }, { seed: 1 })), ...tokens).slice(-11);
    expect(apart(last(1, 1, 2, 3), last(1, 2, 1, 3))).toBeLessThan(1e-5);
    expect(apart(last(2, 1, 2, 3), last(2, 2, 1, 3))).toBeGreaterThan(1e-3);
  });

  test("without a residual a layer that gives 0 lets nothing through", () => {
    const model = transformer({ ...small, residual: false, bias: true }, { seed: 1 });
    const before = scores(model, 1, 2);
    const out = model.blocks[0].attention.out;
    for (const p of out.parameters()) p.storage.f32().fill(0);
    expect(scores(model, 1, 2)).not.toEqual(before);
    expect(scores(model, 1, 2).slice(11)).toEqual(scores(model, 3, 2).slice(11));
  });
});

test("a gated model's activation is silu where none is given", () => {
  expect([modelConfig(small).activation, modelConfig({ ...small, gated: true }).activation]).toEqual(["gelu", "silu"]);
  expect(modelConfig({ ...small, gated: true, activation: "relu" }).activation).toBe("relu");
});

test("Soft MoE's experts are gated too", () => {
  const model = transformer({ ...small, ...llama, nExpert: 2, select: "soft" });
  expect(model.namedParameters().filter(([name]) => name.endsWith("experts.gate"))).toHaveLength(2);
});
