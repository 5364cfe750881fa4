import { describe, expect, it } from "vitest";
import { account, type Config, ConfigError, shippedWeights } from "../../../lib/account/index.js";

const sizes = {
  vocab_size: 100,
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 80,
  tie_word_embeddings: false,
};
const unknown = (fields: Config): Config => ({ model_type: "brandnew", ...sizes, ...fields });
const notesOf = (fields: Config): string => account(unknown(fields)).notes.join("\n");

describe("an unknown type with the fields of a known family", () => {
  it.each([
    [{}, "llama", {}],
    [{ num_local_experts: 4, num_experts_per_tok: 2, num_key_value_heads: 2 }, "mixtral", {}],
    // transformers 5 writes qwen3_moe's number of experts under the other name (A3)
    [{ num_local_experts: 8, moe_intermediate_size: 16, use_qk_norm: true }, "qwen3_moe", {}],
    [{ num_experts: 8, moe_intermediate_size: 16, use_qk_norm: true }, "qwen3_moe", {}],
    [{ n_routed_experts: 8, kv_lora_rank: 16 }, "deepseek_v3", {}],
    [{ n_routed_experts: 8, kv_lora_rank: 16, q_lora_rank: 12, index_head_dim: 8 }, "deepseek_v32", {}],
    [
      { n_routed_experts: 8, moe_intermediate_size: 16, n_shared_experts: 2, first_k_dense_replace: 1 },
      "glm4_moe",
      { num_key_value_heads: null },
    ],
  ])("%j is counted as %s, and says so", (fields, as, more) => {
    const counted = account(unknown(fields), { file: "x.json" });
    expect(counted).toMatchObject({ modelType: "brandnew", countedAs: as });
    expect(counted.total).toBe(account({ ...sizes, ...more, ...fields, head_dim: 16, model_type: as }).total);
    expect(counted.notes[0]).toMatch(`x.json has the unknown model_type "brandnew": counted as "${as}", since it has`);
    expect(counted.notes[1]).toMatch(/^assumed are /);
  });

  it("counts shared experts and dense layers by any name that they go by", () => {
    const experts = { num_experts: 8, num_experts_per_tok: 2, moe_intermediate_size: 16 };
    const plain = account(unknown(experts)).total;
    const shared = BigInt(3 * 64 * 16);
    for (const name of ["num_shared_experts", "n_shared_experts", "moe_num_shared_experts"])
      expect(account(unknown({ ...experts, [name]: 2 })).total).toBe(plain + 2n * 2n * shared);
    const dense = account(unknown({ ...experts, first_k_dense_replace: 1 })).total;
    expect(dense).toBe(plain - BigInt(8 * 3 * 64 * 16 + 8 * 64) + BigInt(3 * 64 * 80));
    const width = account(unknown({ ...experts, shared_expert_intermediate_size: 40 }));
    expect(width.countedAs).toBe("qwen2_moe");
    expect(width.total).toBe(plain + BigInt(2 * 3 * 64 * 40));
  });

  it("says what was assumed, and goes by what the config says", () => {
    expect(notesOf({})).toMatch(
      /a gate \(three matrices\), a head of its own, no biases in attention, no norms of queries and keys/,
    );
    expect(notesOf({ hidden_act: "relu2" })).toContain("without a gate (two matrices)");
    expect(notesOf({ use_qk_norm: true })).toContain("a norm of each head's queries and keys");
    const total = (fields: Config): bigint => account(unknown(fields)).total;
    expect(total({}) - total({ hidden_act: "relu2" })).toBe(BigInt(2 * 64 * 80));
    expect(total({ use_qk_norm: true }) - total({})).toBe(BigInt(2 * 2 * 16));
    expect(total({ qkv_bias: true }) - total({})).toBe(BigInt(2 * 4 * 64));
  });

  it("takes the head for the embedding where tie_word_embeddings is left out, and says so (A2)", () => {
    const { tie_word_embeddings: _, ...open } = sizes;
    const counted = account({ ...open, model_type: "brandnew" });
    expect([counted.tied, counted.byKind.head]).toEqual([true, 0n]);
    expect(counted.notes.join()).toContain("since tie_word_embeddings is left out");
    expect(account(unknown({})).byKind.head).toBe(6400n);
  });

  it("reads layer_types, sliding_window and use_sliding_window for its cache", () => {
    const windowsOf = (fields: Config): (number | null)[] =>
      account(unknown(fields)).caches.map(({ window }) => window);
    expect(windowsOf({})).toEqual([null]);
    expect(windowsOf({ sliding_window: 7 })).toEqual([7]);
    expect(windowsOf({ sliding_window: 7, use_sliding_window: false })).toEqual([null]);
    expect(windowsOf({ sliding_window: 7, layer_types: ["full_attention", "sliding_attention"] })).toEqual([null, 7]);
  });

  it("names each field that speaks of sizes and was not read", () => {
    const notes = notesOf({
      num_kv_shared_layers: 1,
      laurel_rank: 64,
      hidden_size_per_layer_input: 256,
      rope_theta: 1e6,
    });
    expect(notes).toContain("num_kv_shared_layers 1, laurel_rank 64, hidden_size_per_layer_input 256");
    expect(notes).not.toContain("rope_theta");
    expect(
      notesOf({ max_position_embeddings: 4096, bos_token_id: 1, rms_norm_eps: 1e-6, use_cache: true }),
    ).not.toContain("not read");
  });
});

describe("what no known type is near to is refused in one sentence that names what was found", () => {
  const cases: readonly (readonly [string, Config, RegExp])[] = [
    [
      "an encoder, by its class (A1)",
      { architectures: ["NewForMaskedLM"] },
      /its class NewForMaskedLM is no CausalLM, LMHead or ConditionalGeneration/,
    ],
    ["an encoder, by a field (A1)", { type_vocab_size: 2 }, /type_vocab_size 2 is a field of encoders/],
    ["ALBERT's embedding", { embedding_size: 128 }, /embedding_size 128/],
    ["DeBERTa's positions", { position_buckets: 256 }, /position_buckets 256/],
    ["two sides", { is_encoder_decoder: true }, /an encoder and a decoder/],
    ["Mamba layers", { mamba_d_state: 16 }, /mamba_d_state speaks of layers with a state/],
    ["Mamba layers beside experts", { num_local_experts: 4, mamba_expand: 2 }, /mamba_expand/],
    ["norms with a gate", { gated_norm_rank: 16 }, /gated_norm_rank 16 speaks of parts that no near type has/],
    ["a state", { ssm_state_size: 16 }, /ssm_state_size/],
    ["linear attention", { linear_num_value_heads: 4 }, /linear_num_value_heads/],
    ["layers of another kind", { layer_types: ["full_attention", "mlp"] }, /layers of the kind "mlp"/],
    ["sizes that differ by layer", { per_layer_config: { 1: { head_dim: 9 } } }, /per_layer_config/],
    ["experts by a name of their own (A8)", { n_exp: 8 }, /"n_exp" speaks of experts/],
    ["experts in an object (A8)", { moe: { num_experts: 8 } }, /"moe" speaks of experts/],
    ["experts that are only routed (A8)", { moe_router_topk: 2 }, /"moe_router_topk" speaks of experts/],
    [
      "experts of several widths",
      { moe_num_experts: 8, moe_intermediate_size: [16, 8] },
      /moe_intermediate_size is a list/,
    ],
    [
      "a model that drafts for another",
      { model_type: "brandnew_assistant", text_config: sizes },
      /it drafts for another/,
    ],
    ["latent attention without experts", { kv_lora_rank: 16 }, /"kv_lora_rank" speaks of experts or latent attention/],
  ];
  it.each(cases)("%s", (_, fields, sentence) => {
    const counting = () => account(unknown(fields), { file: "x.json" });
    expect(counting).toThrow(ConfigError);
    expect(counting).toThrow(sentence);
    expect(counting).toThrow(
      /^x\.json has the unknown model_type "brandnew\w*", and [^\n]{1,200}; to count it as [^\n]{1,70}$/,
    );
  });

  it("GPT-2's names beside experts, whatever the experts' names (A8)", () => {
    const gpt = { model_type: "mygpt", n_embd: 64, n_layer: 2, n_head: 4, vocab_size: 100 };
    expect(account(gpt).countedAs).toBe("gpt2");
    for (const name of ["num_experts", "n_experts", "moe_num_experts", "n_exp"])
      expect(() => account({ ...gpt, [name]: 8 })).toThrow(`"${name}" speaks of experts`);
  });
});

describe("what a checkpoint holds besides", () => {
  const deepseek = { model_type: "deepseek_v3", num_nextn_predict_layers: 1 };

  it("modules that predict further tokens: 685 B on the hub against 671 B that are counted (A5)", () => {
    const counted = account(deepseek);
    const [module] = counted.beside;
    expect(Number(counted.total + module.inCheckpoint) / 1e9).toBeCloseTo(684.5, 1);
    expect(module.inCheckpoint - module.parameters).toBe(2n * counted.byKind.embedding);
    expect(counted.notes.join("\n")).toContain(
      "num_nextn_predict_layers 1: what predicts further tokens is not in the total",
    );
    expect(account({ ...deepseek, num_nextn_predict_layers: 0 }).beside).toEqual([]);
    const unsure = account({ ...deepseek, model_type: "qwen3", mtp_num_layers: 2 });
    expect([unsure.beside, unsure.notes.join("\n")]).toEqual([
      [],
      expect.stringContaining("its parts are not known here"),
    ]);
  });

  it("GLM-4.5-Air has 110.47 B on the hub", () => {
    const air = {
      model_type: "glm4_moe",
      vocab_size: 151552,
      hidden_size: 4096,
      intermediate_size: 10944,
      moe_intermediate_size: 1408,
      num_hidden_layers: 46,
      num_attention_heads: 96,
      num_key_value_heads: 8,
      head_dim: 128,
      attention_bias: true,
      num_nextn_predict_layers: 1,
    };
    const { total, beside } = account(air);
    expect(Number(total + beside[0].inCheckpoint) / 1e9).toBeCloseTo(110.47, 2);
  });

  it("a quantization of the file's own changes no count, and so is told with the bytes alone", () => {
    const { total, notes } = account({ model_type: "llama" });
    const quantized = account({ model_type: "llama", quantization_config: { quant_method: "awq", bits: 4 } });
    expect([quantized.total, quantized.notes]).toEqual([total, notes]);
    expect(shippedWeights(quantized)?.method).toBe("awq");
  });

  it("attention to another model is counted where the class has it, and refused elsewhere", () => {
    const total = (fields: Config): bigint => account(fields).total;
    const [none, cross] = [false, true].map((on) => total({ model_type: "gpt2", add_cross_attention: on }));
    expect([none, cross > none]).toEqual([total({ model_type: "gpt2" }), true]);
    expect(() => total({ model_type: "llama", add_cross_attention: true })).toThrow("add_cross_attention is true");
  });
});

describe("0, null and absent are three things", () => {
  it("null is not the default of a number", () => {
    expect(() => account({ model_type: "deepseek_v2", n_routed_experts: null, num_experts_per_tok: 6 })).toThrow(
      "n_routed_experts is null, which transformers refuses: leave it out for the default, 64",
    );
    expect(account({ model_type: "deepseek_v3", q_lora_rank: null }).total).not.toBe(
      account({ model_type: "deepseek_v3" }).total,
    );
  });

  // Totals of transformers' classes, which build these (A17).
  it.each([
    [{ model_type: "deepseek_v3", n_shared_experts: 0, num_hidden_layers: 4 }, 15_067_061_248n],
    [{ model_type: "deepseek_v2", n_shared_experts: 0, num_experts_per_tok: 6, num_hidden_layers: 2 }, 3_130_548_224n],
    [{ model_type: "glm4_moe", n_shared_experts: 0, num_hidden_layers: 2 }, 3_662_696_448n],
    [
      { model_type: "dots1", n_shared_experts: 0, n_routed_experts: 128, num_experts_per_tok: 6, num_hidden_layers: 2 },
      6_555_327_552n,
    ],
    [{ model_type: "qwen2_moe", shared_expert_intermediate_size: 0, num_hidden_layers: 2 }, 1_694_246_912n],
  ])("%j has no shared experts", (config, total) => {
    expect(account(config).total).toBe(total);
  });
});
