import { describe, expect, test } from "vitest";
import { file, text as json } from "../../nn/checkpoint/files.js";
import { changed, type Config, configOf, filesOf, sentenceOf, tensorsOf } from "./files.js";

const llama = Object.values(tensorsOf("llama-llama3-tied"));
const [numbers, tensors] = [llama.reduce((sum, { data }) => sum + data.length, 0), llama.length];

describe("a config that this library cannot follow is refused in one sentence", () => {
  const rope = (more: Config) => (config: Config) => ({ ...config, rope_parameters: more });
  test.each<[string, string, (config: Config) => Config, string]>([
    ["gptoss", "a family", (c) => ({ ...c, model_type: "mamba" }), "model_type must be one of gpt2, llama, mistral,"],
    ["gptoss", "no family", ({ model_type: _, ...c }) => c, "config.json: model_type is missing, one of gpt2, llama,"],
    [
      "gptoss",
      "quantized weights",
      (c) => ({ ...c, quantization_config: { quant_method: "mxfp4" } }),
      "config.json has a quantization_config (mxfp4): this library reads F32, F16 and BF16; dequantize the model in transformers",
    ],
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
    ["gptoss", "no limit", (c) => ({ ...c, swiglu_limit: 0 }), "swiglu_limit must be a number above 0, got 0"],
    [
      "gptoss",
      "a word for a list",
      (c) => ({ ...c, layer_types: "full_attention" }),
      "layer_types must be a list, each",
    ],
    ["mixtral-top1-right", "two counts", (c) => ({ ...c, num_experts: 4 }), "num_experts 4 is not supported"],
    ["gpt2-left", "two widths", (c) => ({ ...c, hidden_size: 16 }), "hidden_size 16 is not supported"],
    ["gpt2-left", "rotary positions", (c) => ({ ...c, rope_scaling: {} }), "rope_scaling an object is not supported"],
    [
      "olmoe-clip",
      "another kind of attention",
      (c) => ({ ...c, is_causal: false }),
      "is_causal false is not supported",
    ],
    [
      "qwen2-linear",
      "windows that are not in use",
      (c) => ({ ...c, use_sliding_window: false }),
      "layer_types has sliding_attention, and there is no sliding_window in use",
    ],
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
    [
      "mixtral-top1-right",
      "more choices than experts",
      (c) => ({ ...c, num_experts_per_tok: 9 }),
      "config.json: num_experts_per_tok 9 is more than num_local_experts 3",
    ],
    [
      "mixtral-top1-right",
      "heads that do not divide the width",
      (c) => ({ ...c, num_attention_heads: 3, num_key_value_heads: 3 }),
      "config.json: hidden_size 8 is no multiple of num_attention_heads 3",
    ],
    ["gpt2-left", "heads of GPT-2", (c) => ({ ...c, n_head: 3 }), "config.json: n_embd 8 is no multiple of n_head 3"],
    [
      "qwen3-yarn",
      "heads that do not share keys evenly",
      (c) => ({ ...c, num_key_value_heads: 3 }),
      "config.json: num_attention_heads 4 is no multiple of num_key_value_heads 3",
    ],
    [
      "qwen3-yarn",
      "half a pair",
      (c) => ({ ...c, head_dim: 5 }),
      "config.json: head_dim 5 is no multiple of pairs of 2",
    ],
    [
      "deepseekv3-yarn",
      "groups that do not divide the experts",
      (c) => ({ ...c, n_group: 3 }),
      "config.json: n_routed_experts 4 is no multiple of n_group 3",
    ],
    [
      "deepseekv3-yarn",
      "more groups than there are",
      (c) => ({ ...c, topk_group: 3 }),
      "config.json: topk_group 3 is more than n_group 2",
    ],
    [
      "deepseekv3-yarn",
      "more choices than the groups have",
      (c) => ({ ...c, num_experts_per_tok: 3 }),
      "config.json: num_experts_per_tok 3 is more than experts of topk_group groups 2",
    ],
    [
      "deepseekv3-yarn",
      "fewer heads of keys",
      (c) => ({ ...c, num_key_value_heads: 1 }),
      "config.json: num_key_value_heads 1 is not supported",
    ],
    [
      "gptoss",
      "an id of padding that is none",
      (c) => ({ ...c, pad_token_id: 16 }),
      "pad_token_id 16 is not supported",
    ],
    ["gptoss", "no window", (c) => ({ ...c, sliding_window: 0 }), "window must be an integer from 1, got 0"],
    [
      "qwen3-yarn",
      "frequencies for each kind of layer",
      rope({ full_attention: { rope_type: "default" } }),
      "config.json: rope_parameters: full_attention an object is not supported",
    ],
    [
      "qwen3-yarn",
      "no frequency",
      rope({ rope_type: "default", rope_theta: 0 }),
      "rope_theta must be a number above 0",
    ],
    [
      "llama-llama3-tied",
      "a vocabulary that no file could hold",
      (c) => ({ ...c, vocab_size: 1e9 }),
      `config.json: vocab_size 1000000000 is more than the checkpoint can be made of, which has ${numbers} numbers in all`,
    ],
    [
      "llama-llama3-tied",
      "as many layers",
      (c) => ({ ...c, num_hidden_layers: 2 ** 53 - 1 }),
      `config.json: num_hidden_layers 9007199254740991 is more than the checkpoint can be made of, which has ${tensors} tensors`,
    ],
    [
      "llama-llama3-tied",
      "widths that are larger together",
      (c) => ({ ...c, vocab_size: 1100, hidden_size: 1100, head_dim: 1000, num_key_value_heads: 4 }),
      "config.json: the model that it describes is larger than the checkpoint: is it that of another one?",
    ],
  ])("%s: %s", async (name, _, change, sentence) => {
    const said = await sentenceOf(changed(name, change));
    expect(said).toContain(sentence);
    expect(said).not.toContain("\n");
  });
});

describe("tensors that do not fit the config are named", () => {
  const name = "qwen2moe-mixed";
  const expert = "model.layers.1.mlp.experts.1.up_proj.weight";

  test("one that is missing", async () => {
    const without = changed(name, undefined, ({ [expert]: _, ...rest }) => rest);
    expect(await sentenceOf(without)).toBe(`loadPretrained: the checkpoint has no ${expert}`);
  });

  test("all of them: the first few, and how many more", async () => {
    const only = changed(name, undefined, (all) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => name.includes("norm") || name.startsWith("lm_head"))),
    );
    expect(await sentenceOf(only)).toMatch(
      /^loadPretrained: the checkpoint has no model\.embed_tokens\.weight, .* and \d+ more$/,
    );
    expect(await sentenceOf(changed(name, undefined, () => ({})))).toBe(
      "loadPretrained: the checkpoint has no tensors",
    );
  });

  test("one that has no place", async () => {
    const more = changed(
      name,
      undefined,
      (all) => ({ ...all, "model.layers.2.extra": { shape: [1], data: [1] } }) as never,
    );
    expect(await sentenceOf(more)).toBe("loadPretrained: by config.json there is no place for model.layers.2.extra");
  });

  test("one of another shape, with the fields that say so", async () => {
    const turned = changed(name, undefined, (all) => ({ ...all, [expert]: { ...all[expert], shape: [8, 4] } }));
    expect(await sentenceOf(turned)).toBe(
      `loadPretrained: model.safetensors: ${expert} is [8, 4] in the checkpoint and [4, 8] by config.json, where 4 is num_attention_heads 4 or moe_intermediate_size 4 and 8 is hidden_size 8`,
    );
    const wide = changed("qwen3-yarn", (c) => ({ ...c, head_dim: 10 }));
    expect(await sentenceOf(wide)).toBe(
      "loadPretrained: model.safetensors: model.layers.0.self_attn.q_proj.weight is [24, 8] in the checkpoint and [40, 8] by config.json, where 40 is num_attention_heads 4 · head_dim 10",
    );
    const { vocab_size: _, ...rest } = configOf("llama-llama3-tied");
    expect(await sentenceOf(changed("llama-llama3-tied", () => rest))).toBe(
      `loadPretrained: config.json: vocab_size 32000 (the default) is more than the checkpoint can be made of, which has ${numbers} numbers in all`,
    );
  });

  test("one of another dtype", async () => {
    const integers = changed(name, undefined, (all) => ({
      ...all,
      [expert]: { ...all[expert], data: new Int32Array(32) },
    }));
    expect(await sentenceOf(integers)).toMatch(
      `loadPretrained: model.safetensors: ${expert} has the dtype I32: this library reads F32, F16 and BF16; dequantize`,
    );
  });

  test.each([
    ["gpt-oss in MXFP4", "model.layers.0.mlp.experts.gate_up_proj_blocks", "U8"],
    ["DeepSeek-V3 in FP8", "model.layers.0.self_attn.kv_a_proj_with_mqa.weight_scale_inv", "F8_E4M3"],
    ["GPTQ and AWQ", "model.layers.0.self_attn.q_proj.qweight", "I8"],
    ["bitsandbytes", "model.layers.0.self_attn.q_proj.weight.absmax", "U8"],
  ])("those of %s, with what to do", async (_, quantized, dtype) => {
    const files = {
      ...filesOf("gptoss"),
      "model.safetensors": file({ [quantized]: { dtype, shape: [300], data_offsets: [0, 300] } }, new Uint8Array(300)),
    };
    const many = { ...files, "config.json": json({ ...configOf("gptoss"), num_hidden_layers: 1, layer_types: null }) };
    expect(await sentenceOf(many)).toBe(
      `loadPretrained: model.safetensors: ${quantized} belongs to quantized weights: this library reads F32, F16 and BF16; dequantize the model in transformers (\`dequantize=True\` in its quantization config, or model.dequantize()), save_pretrained it, and load that folder`,
    );
  });
});
