import { describe, expect, it } from "vitest";
import {
  type Dim,
  fromArray,
  Generator,
  gradcheck,
  type LearnedPositions,
  MultiHeadAttention,
  noGrad,
  parameter,
  sum,
  tensor,
  transpose,
  type Tensor,
} from "../../lib/index.js";
import { activations, type ConfigInput } from "../../lib/config/model.js";
import { countParameters, modelConfig, parameterRows, transformer, twins } from "../../lib/models/index.js";
import { isLibraryCode } from "../../lib/nn/recycling.js";

const small = { vocabSize: 11, blockSize: 6, nLayer: 2, nHead: 2, dModel: 8 };
const nano = { vocabSize: 65, blockSize: 64, nLayer: 4, nHead: 4, dModel: 128 };
const ids = (rows: number[][]): Tensor<[Dim<"B">, Dim<"T">]> =>
  fromArray(rows.flat(), [rows.length as Dim<"B">, rows[0].length as Dim<"T">], "int32");

describe("the twins", () => {
  it("share every weight outside the feed-forward layer, bit for bit", () => {
    const { dense, moe } = twins(small, { seed: 3 });
    const outside = (state: ReturnType<typeof dense.stateDict>): [string, number[]][] =>
      Object.entries(state)
        .filter(([name]) => !name.includes("feedForward"))
        .map(([name, { data }]) => [name, Array.from(data)]);
    expect(outside(dense.stateDict()).length).toBeGreaterThan(10);
    expect(outside(moe.stateDict())).toEqual(outside(dense.stateDict()));
    const other = twins(small, { seed: 4 }).dense;
    expect(Array.from(other.tokens.weight.toTypedArray())).not.toEqual(Array.from(dense.tokens.weight.toTypedArray()));
  });

  it("differ in the feed-forward part of each block and nowhere else", () => {
    const { dense, moe } = twins(small);
    const names = (model: typeof dense): Set<string> => new Set(model.namedParameters().map(([name]) => name));
    const [a, b] = [names(dense), names(moe)];
    const only = [...[...a].filter((n) => !b.has(n)), ...[...b].filter((n) => !a.has(n))];
    expect(only.length).toBeGreaterThan(0);
    expect(only.every((name) => /^blocks\.\d\.feedForward\./.test(name))).toBe(true);
    expect(dense.constructor).toBe(moe.constructor);
  });

  it("have nanoGPT's 804,096 parameters, and 2,381,056 of which 808,192 are active", () => {
    const { dense, moe } = twins(nano);
    expect(countParameters(dense)).toEqual({ total: 804_096, active: 804_096 });
    expect(countParameters(moe)).toEqual({ total: 2_381_056, active: 808_192 });
    expect(dense.totalParameters()).toBe(804_096);
    const byName = Object.fromEntries(parameterRows(moe).map((row) => [row.component, row]));
    expect(byName["feed-forward"].active).toBe(
      parameterRows(dense).find((row) => row.component === "feed-forward")?.active,
    );
    expect(byName.router.total).toBe(4 * 8 * 128);
  });

  it("keep an expert's first weights whatever the number of experts", () => {
    const up = (nExpert: number): number[] => {
      const part = transformer({ ...small, nExpert }, { seed: 5 }).stateDict()["blocks.0.feedForward.experts.up"];
      return Array.from(part.data.slice(0, 16 * 8));
    };
    expect(up(4)).toEqual(up(8));
  });
});

describe.each(["dense", "moe"] as const)("the %s transformer", (which) => {
  const model = twins({ ...small, bias: true, nExpert: 4 }, { seed: 1 })[which];

  it("sees no future: a later token does not change earlier logits", () => {
    const a = model.forward(ids([[1, 2, 3, 4, 5, 6]])).logits.toArray() as number[][][];
    const b = model.forward(ids([[1, 2, 3, 9, 5, 6]])).logits.toArray() as number[][][];
    for (let t = 0; t < 3; t++) a[0][t].forEach((v, i) => expect(b[0][t][i]).toBeCloseTo(v, 6));
    expect(Math.max(...a[0][3].map((v, i) => Math.abs(v - b[0][3][i])))).toBeGreaterThan(1e-3);
  });

  it("has the gradients that finite differences measure, through all layers", () => {
    // Larger first weights, so that every gradient is well above the noise of float32.
    const rng = new Generator(6);
    for (const p of model.parameters()) p.storage.f32().forEach((_, i, all) => (all[i] = 0.4 * rng.normal()));
    const input = ids([
      [1, 2, 3, 4],
      [7, 8, 9, 10],
    ]);
    const sampled = model.parameters().filter((p) => p.size <= 64);
    expect(sampled.length).toBeGreaterThan(8);
    gradcheck(() => model.forward(input).logits, sampled, { step: 2e-3, atol: 2e-2, rtol: 3e-2 });
  });

  it("refuses more tokens than its block and ids outside its vocabulary, in one sentence", () => {
    expect(() => model.forward(ids([[1, 2, 3, 4, 5, 6, 7]]))).toThrow(
      "the model reads at most 6 tokens (blockSize), got 7",
    );
    expect(() => model.forward(ids([[1, 11]]))).toThrow("embedding: id 11 is outside 0 to 10");
  });

  it("counts as the library's own until somebody replaces a method", () => {
    const twin = twins(small)[which];
    expect(isLibraryCode(twin)).toBe(true);
    const part = twin.blocks[1].feedForward;
    const original = part.forward.bind(part);
    part.forward = (x, routings) => original(x, routings);
    expect(isLibraryCode(twin)).toBe(false);
  });

  it("leaves alone what a method replaced on the prototype has kept", () => {
    const proto = MultiHeadAttention.prototype as unknown as { forward: (x: Tensor) => Tensor };
    const original = Object.getOwnPropertyDescriptor(proto, "forward")!;
    const held: { tensor: Tensor; copy: number[] }[] = [];
    proto.forward = function (x) {
      const y = (original.value as typeof proto.forward).call(this, x);
      held.push({ tensor: y, copy: Array.from(y.toTypedArray()) });
      return y;
    };
    try {
      const twin = twins(small)[which];
      expect(isLibraryCode(twin)).toBe(false);
      noGrad(() => twin.forward(ids([[1, 2, 3]])));
    } finally {
      Object.defineProperty(proto, "forward", original);
    }
    expect(held.length).toBe(2);
    for (const { tensor, copy } of held) expect(Array.from(tensor.toTypedArray())).toEqual(copy);
  });

  it("keeps a frozen parameter in its state, without a gradient", () => {
    const twin = twins(small)[which];
    const total = twin.totalParameters();
    const { weight } = twin.positions as LearnedPositions;
    weight.requiresGrad = false;
    expect(twin.totalParameters()).toBe(total);
    twin.loadStateDict(twin.stateDict());
    sum(twin.forward(ids([[1, 2]])).logits).backward();
    expect(weight.grad).toBeNull();
    expect(twin.tokens.weight.grad).not.toBeNull();
  });

  it("loads a state completely or not at all", () => {
    const twin = twins(small)[which];
    const before = twin.stateDict();
    const state = twins(small, { seed: 9 })[which].stateDict();
    const tooShort = { ...state, "norm.weight": { shape: [8], data: new Float32Array(7) } };
    expect(() => twin.loadStateDict(tooShort)).toThrow(
      "loadStateDict: norm.weight [8] needs 8 numbers, the state has 7",
    );
    expect(twin.stateDict()).toEqual(before);
    twin.loadStateDict(state);
    expect(twin.stateDict()).toEqual(state);
  });
});

describe("a parameter", () => {
  it("must own its numbers", () => {
    expect(() =>
      parameter(
        transpose(
          tensor([
            [1, 2, 3],
            [4, 5, 6],
          ]),
          0,
          1,
        ),
      ),
    ).toThrow("a parameter must own its numbers, but [3, 2] is a view or was computed from others");
    expect(() => parameter(tensor([1, 2], { dtype: "int32" }))).toThrow("a parameter must be float32, got int32 [2]");
  });
});

describe("a model config", () => {
  it.each([
    [{ dModel: 10, nHead: 4 }, "model config: dModel 10 must be a multiple of nHead 4"],
    [{ nExpert: 2, topK: 3 }, "model config: topK 3 must not exceed nExpert 2"],
    [{ nLayer: 1.5 }, "model config: nLayer must be an integer from 1, got 1.5"],
    [{ nExpert: -1 }, "model config: nExpert must be an integer from 0, got -1"],
    [{ nExpert: 8, topK: 3, dHidden: 32 }, "model config: dHidden 32 must be a multiple of topK 3, or give dExpert"],
    [{ nLayers: 3 }, 'model config: there is no field "nLayers"; the fields are vocabSize, blockSize'],
    [
      { activation: "swish" as "silu" },
      `model config: activation must be one of ${activations.join(", ")}, got "swish"`,
    ],
    [
      { normalization: "rms" as "rmsNorm" },
      'model config: normalization must be one of layerNorm, rmsNorm, none, got "rms"',
    ],
    [
      { positions: "rope" as "rotary" },
      'model config: positions must be one of learned, sinusoidal, rotary, none, got "rope"',
    ],
    [
      { positions: "rotary" as const, dModel: 6 },
      'model config: positions "rotary" turn pairs of features, so dModel / nHead must be even, got 6 / 2 = 3',
    ],
    [{ balance: NaN }, "model config: balance must be a number from 0, got NaN"],
  ])("%j is refused in one sentence", (change, sentence) => {
    expect(() => modelConfig({ ...small, ...change })).toThrow(sentence);
  });

  it.each(Object.keys(modelConfig({ ...small, nExpert: 8 })))(
    "%s that is no value of its kind is named in a sentence",
    (name) => {
      const standard = modelConfig({ ...small, nExpert: 8 })[name as keyof ConfigInput];
      const mayBeNull = standard === null || name === "evalCapacityFactor";
      for (const value of [...(mayBeNull ? [] : [null]), NaN, -1, "", "8", [2], () => 1]) {
        const wrong: unknown = { ...small, nExpert: 8, [name]: value };
        const make = (): unknown => modelConfig(wrong as ConfigInput);
        expect(make, String(value)).toThrow(RangeError);
        expect(make, String(value)).toThrow(`model config: ${name}`);
      }
    },
  );

  it("makes twins with a single expert, but not without one", () => {
    expect(twins({ ...small, nExpert: 1 }).moe.config.topK).toBe(1);
    expect(() => twins({ ...small, nExpert: 0 })).toThrow("twins: the MoE twin needs nExpert from 1, got 0");
  });

  it("gives both twins equal active feed-forward width by default", () => {
    expect(modelConfig({ ...small, nExpert: 8, topK: 2 }).dExpert).toBe(16);
  });
});
