import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { account } from "../../../lib/account/index.js";
import { activations, type ConfigInput, type ModelConfig } from "../../../lib/config/model.js";
import { applyLora, fromArray, Generator, loadSafetensors, mergeLora, noGrad, type Tensor } from "../../../lib/index.js"; // prettier-ignore
import {
  type Decoder,
  loadPretrained,
  pretrainedFiles,
  savePretrained,
  type Transformer,
  transformer,
  twinOf,
  upcycle,
} from "../../../lib/models/index.js";
import { obstacles } from "../../../lib/models/pretrained/save/obstacles.js";
import { anyConfig } from "../../moe/anyConfig.js";
import { configOf, filesOf, names, tensorsOf } from "./files.js";

const ids = fromArray([3, 1, 4, 1, 5, 2, 6, 0, 2, 5], [2, 5], "int32") as Tensor<[number, number]>;
const logitsOf = (model: Transformer | Decoder): number[] =>
  noGrad(() => Array.from((model as Decoder).eval().forward(ids).logits.toTypedArray()));
const apart = (a: readonly number[], b: readonly number[]): number =>
  a.length === b.length ? Math.max(...a.map((x, i) => Math.abs(x - b[i]))) : Infinity;

const small = { vocabSize: 7, blockSize: 6, nLayer: 2, nHead: 2, dModel: 8, dHidden: 12 };
const llama = { normalization: "rmsNorm", positions: "rotary", gated: true } as const;

/** Weights far from their first ones, biases and norms too. */
function moved(model: Transformer): Transformer {
  const rng = new Generator(3);
  for (const p of model.parameters()) p.storage.f32().forEach((w, i, all) => (all[i] = w + 0.3 * rng.normal()));
  return model;
}
const twin = (input: Partial<ConfigInput>): Transformer => moved(transformer({ ...small, ...input }, { seed: 1 }));
const typeOf = (files: Readonly<Record<string, Uint8Array>>): unknown =>
  (JSON.parse(new TextDecoder().decode(files["config.json"])) as { model_type: unknown }).model_type;

describe("a twin that is saved and loaded is the same model", () => {
  const dense: [string, Partial<ConfigInput>][] = activations.flatMap((activation) =>
    [false, true].flatMap((bias): [string, Partial<ConfigInput>][] => [
      ["gpt2", { activation, bias }],
      ["llama", { activation, bias, ...llama }],
    ]),
  );
  const mixtures: [string, Partial<ConfigInput>][] = [
    ["mixtral", { ...llama, nExpert: 4 }],
    ["mixtral", { ...llama, nExpert: 4, topK: 1, renormalize: true }],
    ["mixtral", { ...llama, nExpert: 1 }],
    ["mixtral", { ...llama, nExpert: 3, topK: 3, renormalize: false, activation: "gelu" }],
    ["mixtral", { ...llama, nExpert: 4, noise: "gumbel", expertDropout: 0.5, balance: { z: 1, gshard: 1 } }],
    ["mixtral", { ...llama, nExpert: 4, capacityFactor: 1, evalCapacityFactor: null, overflow: "nextBest" }],
    ["qwen2_moe", { ...llama, nExpert: 4, nSharedExpert: 1 }],
    ["qwen2_moe", { ...llama, nExpert: 4, nSharedExpert: 2, topK: 2, renormalize: false }],
    ["qwen2_moe", { ...llama, nExpert: 4, nSharedExpert: 1, topK: 1 }],
  ];
  test.each([...dense, ...mixtures].map(([type, form]) => [type, JSON.stringify(form), form] as const))(
    "as %s: %s",
    async (type, _, form) => {
      const model = twin(form);
      const files = pretrainedFiles(model);
      expect(typeOf(files)).toBe(type);
      const loaded = await loadPretrained(files);
      expect(apart(logitsOf(loaded.model), logitsOf(model))).toBeLessThan(2e-6);
      const config = JSON.parse(new TextDecoder().decode(files["config.json"])) as Record<string, unknown>;
      expect(account(config).total).toBe(BigInt(loaded.model.totalParameters()));
      expect(loadSafetensors(files["model.safetensors"]).metadata).toEqual({ format: "pt" });
      const again = twinOf(loaded);
      expect(again.config).toEqual(model.config);
      expect(again.stateDict()).toEqual(model.stateDict());
    },
  );

  test("with floats that transformers takes for such: 0.0 and not 0", () => {
    const text = (balance: number): string =>
      new TextDecoder().decode(pretrainedFiles(twin({ ...llama, nExpert: 4, balance }))["config.json"]);
    expect(text(0)).toContain('\n  "router_aux_loss_coef": 0.0,\n');
    expect(text(1)).toContain('\n  "router_aux_loss_coef": 1.0,\n');
    expect(text(0.5)).toContain('\n  "router_aux_loss_coef": 0.5,\n');
    expect(JSON.parse(text(0))).toMatchObject({ router_aux_loss_coef: 0, vocab_size: 7 });
  });

  test("but for one that transformers wrote, which has no twin's config", async () => {
    await expect(loadPretrained(filesOf(names[0])).then(twinOf)).rejects.toThrow(
      'twinOf: config.json has no "twinformer", the config that savePretrained writes for a twin',
    );
  });

  test("but for one whose weights are of fewer layers than its twin's config says", async () => {
    const { config, model } = await loadPretrained(pretrainedFiles(twin({})));
    const more = { ...config, twinformer: { ...(config.twinformer as object), nLayer: 3 } };
    expect(() => twinOf({ config: more, model })).toThrow("twinOf: the file has no weights for blocks.2.");
  });

  test("upcycled with one expert a token, whose weight is 1 whatever the router says", async () => {
    const model = upcycle(twin(llama), { nExpert: 3, topK: 1 });
    expect(apart(logitsOf((await loadPretrained(pretrainedFiles(model))).model), logitsOf(model))).toBeLessThan(2e-6);
  });

  test("with its adapters merged, and not before", () => {
    const model = twin(llama);
    applyLora(model, ["query"], { rng: new Generator(1), rank: 1 });
    expect(() => pretrainedFiles(model)).toThrow(
      "savePretrained: there is no place for blocks.0.attention.query.adapter.a, blocks.0.attention.query.adapter.b, " +
        "blocks.1.attention.query.adapter.a, blocks.1.attention.query.adapter.b: merge adapters by mergeLora",
    );
    mergeLora(model);
    expect(typeOf(pretrainedFiles(model))).toBe("llama");
  });

  test("in 16 bits, as near as these are", async () => {
    const model = twin({ ...llama, nExpert: 4, nSharedExpert: 1 });
    const whole = pretrainedFiles(model)["model.safetensors"].length;
    for (const [dtype, error] of [
      ["f16", 2e-2],
      ["bf16", 1e-1],
    ] as const) {
      const files = pretrainedFiles(model, { dtype });
      expect(files["model.safetensors"].length).toBeLessThan(0.7 * whole);
      const off = apart(logitsOf((await loadPretrained(files)).model), logitsOf(model));
      expect([off > 1e-5, off < error]).toEqual([true, true]);
      expect(JSON.parse(new TextDecoder().decode(files["config.json"]))).toMatchObject({
        dtype: { f16: "float16", bf16: "bfloat16" }[dtype],
      });
    }
  });
});

describe("a twin that equals no architecture says what stands in the way", () => {
  test.each<[Partial<ConfigInput>, string, string]>([
    [{ ...llama, select: "gshard", nExpert: 4 }, "Mixtral", 'select "gshard" (use "topK")'],
    [
      { ...llama, nExpert: 4, capacityFactor: 1.5, overflow: "nextBest" },
      "Mixtral",
      'capacityFactor 1.5 with overflow "nextBest" (use evalCapacityFactor null)',
    ],
    [{ ...llama, nExpert: 4, noise: "learned" }, "Mixtral", 'noise "learned" (use "none")'],
    [{ ...llama, nExpert: 4, balance: { bias: 0.001 } }, "Mixtral", "balance.bias 0.001 (use balance 0.01)"],
    [{ ...llama, nExpert: 4, topK: 1 }, "Mixtral", "renormalize false (use true)"],
    [
      { nExpert: 4, bias: true, nSharedExpert: 1, score: "sigmoid", scale: 2 },
      "Qwen2-MoE",
      'normalization "layerNorm" (use "rmsNorm"), positions "learned" (use "rotary"), gated false (use true), ' +
        'bias true (use false), scale 2 (use 1) and score "sigmoid" (use "softmax")',
    ],
    [{ gated: true }, "GPT-2", "gated true (use false)"],
    [{ gated: true, positions: "rotary" }, "Llama", 'normalization "layerNorm" (use "rmsNorm")'],
  ])("%j", (form, nearest, why) => {
    expect(() => pretrainedFiles(twin(form))).toThrow(
      new RangeError(
        `savePretrained: this twin equals no architecture of Hugging Face; ${nearest} is nearest, and in its way are ${why}`,
      ),
    );
  });

  test("or is saved as an equal, whatever its options; with the values that are named nothing is in the way", async () => {
    let [kept, refused] = [0, 0];
    const any = fc.record({
      normalization: fc.constantFrom("layerNorm" as const, "rmsNorm" as const),
      positions: fc.constantFrom("learned" as const, "rotary" as const),
      ...{ gated: fc.boolean(), bias: fc.boolean(), activation: fc.constantFrom(...activations) },
    });
    const forms: fc.Arbitrary<Partial<ConfigInput>> = fc.oneof(any, fc.constant(llama), fc.constant(llama));
    const plain = { score: "softmax", scale: 1, routerBias: false, nNullExpert: 0, dLatent: null } as const;
    const routers = fc.constantFrom(0, 1, 2, 4).chain((nExpert): fc.Arbitrary<Partial<ConfigInput>> => {
      if (nExpert === 0) return fc.constant({});
      const near = anyConfig(nExpert, { select: ["topK"], fixed: plain });
      return fc.oneof(near, near, anyConfig(nExpert)).map((router) => ({ nExpert, dExpert: 3, ...router }));
    });
    await fc.assert(
      fc.asyncProperty(forms, routers, async (form, router) => {
        const model = twin({ ...form, ...router });
        const { inTheWay } = obstacles(model.config);
        if (inTheWay.length > 0) {
          refused++;
          expect(() => pretrainedFiles(model)).toThrow(/^savePretrained: this twin equals no [^\n]*$/);
          const mended = Object.assign({ ...model.config }, ...inTheWay.map(({ use }) => use)) as ModelConfig;
          expect(obstacles(mended).inTheWay).toEqual([]);
        } else {
          kept++;
          const loaded = await loadPretrained(pretrainedFiles(model));
          expect(apart(logitsOf(loaded.model), logitsOf(model))).toBeLessThan(5e-6);
        }
      }),
      { numRuns: 300 },
    );
    expect(Math.min(kept, refused)).toBeGreaterThan(40);
  });
});

describe("a loaded model is written back as it was", () => {
  test.each(names)("%s: the same tensors, bit for bit", async (name) => {
    const loaded = await loadPretrained(filesOf(name));
    const files = pretrainedFiles(loaded, { dtype: "f16" }); // as the committed files
    const written = loadSafetensors(files["model.safetensors"]).state;
    const original = tensorsOf(name);
    expect(Object.keys(written).sort()).toEqual(Object.keys(original).sort());
    for (const [tensor, { shape, data }] of Object.entries(original)) {
      expect(written[tensor].shape).toEqual(shape);
      expect(Buffer.from(written[tensor].data.buffer).equals(Buffer.from(data.buffer)), tensor).toBe(true);
    }
    expect(logitsOf((await loadPretrained(files)).model)).toEqual(logitsOf(loaded.model));
    const { dtype: _, ...config } = configOf(name);
    expect(JSON.parse(new TextDecoder().decode(files["config.json"]))).toEqual({ ...config, dtype: "float16" });
  });
});

describe("a folder", () => {
  test("is made where it is not there, and written over where it is", async () => {
    const above = mkdtempSync(join(tmpdir(), "save-"));
    const folder = join(above, "a", "b");
    try {
      for (const model of [twin({}), twin(llama)]) {
        await savePretrained(model, folder);
        expect(readdirSync(folder).sort()).toEqual(["config.json", "model.safetensors"]);
        for (const [name, bytes] of Object.entries(pretrainedFiles(model)))
          expect(readFileSync(join(folder, name)).equals(bytes)).toBe(true);
      }
    } finally {
      rmSync(above, { recursive: true });
    }
  });

  test("is nothing that a page can write", async () => {
    const { process } = globalThis;
    try {
      Object.assign(globalThis, { process: undefined });
      await expect(savePretrained(twin({}), "out")).rejects.toThrow(
        "savePretrained: only Node can write a folder: offer the files of pretrainedFiles(model) for download",
      );
    } finally {
      globalThis.process = process;
    }
  });

  test("needs a name, a model and a dtype", async () => {
    await expect(savePretrained(twin({}), "")).rejects.toThrow('savePretrained: needs the path of a folder, got ""');
    expect(() => pretrainedFiles({} as never)).toThrow(
      "savePretrained: needs a model, such as transformer({ … }) or await loadPretrained(…), got an object",
    );
    expect(() => pretrainedFiles(twin({}), { dtype: "float16" as "f16" })).toThrow(
      'savePretrained: dtype must be one of f32, f16, bf16, got "float16"',
    );
    const huge = twin({});
    huge.tokens.weight.storage.f32()[3] = 70000;
    expect(() => pretrainedFiles(huge, { dtype: "f16" })).toThrow(
      "saveSafetensors: transformer.wte.weight [7, 8] holds 70000, and the largest number of f16 is 65504",
    );
  });
});
