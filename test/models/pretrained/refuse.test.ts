import { describe, expect, test } from "vitest";
import { type Files, loadPretrained } from "../../../lib/models/pretrained/index.js";
import { changed, type Config, filesOf, tensorsOf } from "./files.js";

const sentenceOf = (files: Files): string => {
  try {
    loadPretrained(files);
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return "loaded";
};

describe("a config that this library cannot follow is refused in one sentence", () => {
  const rope = (more: Config) => (config: Config) => ({ ...config, rope_parameters: more });
  test.each<[string, string, (config: Config) => Config, string]>([
    ["gptoss", "a family", (c) => ({ ...c, model_type: "mamba" }), "model_type must be one of gpt2, llama, mistral,"],
    ["gptoss", "no family", ({ model_type: _, ...c }) => c, "config.json: model_type is missing"],
    [
      "qwen3-yarn",
      "a rotary scaling",
      rope({ rope_type: "longrope", rope_theta: 100 }),
      'rope_parameters: rope_type must be one of default, linear, llama3, yarn, got "longrope"',
    ],
    [
      "qwen3-yarn",
      "part of a head",
      rope({ partial_rotary_factor: 0.5 }),
      "partial_rotary_factor 0.5 is not supported",
    ],
    ["qwen2-linear", "a scaling without its factor", rope({ rope_type: "linear" }), "factor is missing"],
    ["llama-llama3-tied", "an activation", (c) => ({ ...c, hidden_act: "xielu" }), 'got "xielu"'],
    [
      "gpt2-left",
      "a scale by layer",
      (c) => ({ ...c, scale_attn_by_inverse_layer_idx: true }),
      "_idx true is not supported",
    ],
    [
      "deepseekv3-yarn",
      "a score",
      (c) => ({ ...c, scoring_func: "softmax" }),
      'scoring_func "softmax" is not supported',
    ],
    ["deepseekv3-yarn", "a method", (c) => ({ ...c, topk_method: "greedy" }), 'topk_method "greedy" is not supported'],
    ["gptoss", "another limit", (c) => ({ ...c, swiglu_limit: 5 }), "swiglu_limit 5 is not supported"],
    [
      "gptoss",
      "layers of a kind",
      (c) => ({ ...c, layer_types: ["linear_attention", "full_attention"] }),
      "layer_types must be",
    ],
    [
      "mistral-window-left",
      "too few layers",
      (c) => ({ ...c, layer_types: ["full_attention"] }),
      "1 entries for 2 layers",
    ],
    [
      "mixtral-top1-right",
      "a size",
      (c) => ({ ...c, hidden_size: "8" }),
      'hidden_size must be an integer from 1, got "8"',
    ],
    ["mixtral-top1-right", "more choices than experts", (c) => ({ ...c, num_experts_per_tok: 9 }), "topK 9"],
  ])("%s: %s", (name, _, change, sentence) => {
    const said = sentenceOf(changed(name, change));
    expect(said).toContain(sentence);
    expect(said).not.toContain("\n");
  });
});

describe("tensors that do not fit the config are named", () => {
  const name = "qwen2moe-mixed";
  const expert = "model.layers.1.mlp.experts.1.up_proj.weight";

  test("one that is missing", () => {
    const without = changed(name, undefined, ({ [expert]: _, ...rest }) => rest);
    expect(sentenceOf(without)).toBe(`loadPretrained: the checkpoint has no ${expert}`);
  });

  test("all of them: the first few, and how many more", () => {
    expect(sentenceOf(changed(name, undefined, () => ({})))).toMatch(
      /^loadPretrained: the checkpoint has no model\.embed_tokens\.weight, .* and \d+ more$/,
    );
  });

  test("one that has no place", () => {
    const more = changed(
      name,
      undefined,
      (all) => ({ ...all, "model.layers.2.extra": { shape: [1], data: [1] } }) as never,
    );
    expect(sentenceOf(more)).toBe("loadPretrained: by config.json there is no place for model.layers.2.extra");
  });

  test("one of another shape", () => {
    const turned = changed(name, undefined, (all) => ({ ...all, [expert]: { ...all[expert], shape: [8, 4] } }));
    expect(sentenceOf(turned)).toBe(`loadPretrained: ${expert} is [8, 4] in the checkpoint and [4, 8] by config.json`);
  });

  test("one that two files hold", () => {
    const files = filesOf(name);
    const twice = { ...files, "more.safetensors": files["model.safetensors"] };
    expect(sentenceOf(twice)).toMatch(/^loadPretrained: more\.safetensors holds \S+ a second time$/);
  });
});

describe("files that are none", () => {
  test("no config.json, and one that is no JSON", () => {
    const { "config.json": _, ...rest } = filesOf("gptoss");
    expect(sentenceOf(rest)).toBe("loadPretrained: there is no config.json among the files");
    const broken = { ...rest, "config.json": new TextEncoder().encode("{") };
    expect(sentenceOf(broken)).toBe("loadPretrained: config.json is no JSON");
    expect(sentenceOf({ ...rest, "config.json": new TextEncoder().encode("[]") })).toContain(
      "config.json must be an object",
    );
  });

  test("weights that are cut off", () => {
    const files = filesOf("gptoss");
    const cut = { ...files, "model.safetensors": (files["model.safetensors"] as Uint8Array).slice(0, -1) };
    expect(sentenceOf(cut)).toContain("cut off");
    expect(Object.keys(tensorsOf("gptoss")).length).toBeGreaterThan(20);
  });
});
