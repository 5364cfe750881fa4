import { describe, expect, it } from "vitest";
import { account, type Config, ConfigError } from "../../../lib/account/index.js";

const sizes = {
  vocab_size: 6400,
  hidden_size: 512,
  num_hidden_layers: 8,
  num_attention_heads: 8,
  intermediate_size: 1408,
};
const gpt = { n_embd: 4096, n_head: 32, n_layer: 42, n_inner: 16384, vocab_size: 70144 };
const qwen3 = { model_type: "qwen3", ...sizes, num_key_value_heads: 2, tie_word_embeddings: false };

describe("files of makers' own code, totals by hand", () => {
  const cases: readonly (readonly [string, Config, bigint])[] = [
    [
      "section 2: Baichuan2-7B",
      {
        model_type: "baichuan",
        architectures: ["BaichuanForCausalLM"],
        hidden_act: "silu",
        hidden_size: 4096,
        intermediate_size: 11008,
        num_attention_heads: 32,
        num_hidden_layers: 32,
        vocab_size: 125696,
        tie_word_embeddings: false,
      },
      7_505_973_248n,
    ],
    [
      "section 2: InternLM2-7B",
      {
        model_type: "internlm2",
        architectures: ["InternLM2ForCausalLM"],
        bias: false,
        hidden_act: "silu",
        hidden_size: 4096,
        intermediate_size: 14336,
        num_attention_heads: 32,
        num_key_value_heads: 8,
        num_hidden_layers: 32,
        vocab_size: 92544,
        tie_word_embeddings: false,
      },
      7_737_708_544n,
    ],
    [
      "A2: MiniCPM-2B, tied since the field is absent",
      {
        model_type: "minicpm",
        architectures: ["MiniCPMForCausalLM"],
        hidden_act: "silu",
        hidden_size: 2304,
        intermediate_size: 5760,
        num_attention_heads: 36,
        num_key_value_heads: 36,
        num_hidden_layers: 40,
        vocab_size: 122753,
      },
      2_724_880_896n,
    ],
    [
      "A8: Ling-lite, with shared experts",
      {
        model_type: "bailing_moe",
        architectures: ["BailingMoeForCausalLM"],
        first_k_dense_replace: 0,
        hidden_size: 2048,
        intermediate_size: 5632,
        moe_intermediate_size: 1408,
        num_attention_heads: 16,
        num_experts: 64,
        num_experts_per_tok: 6,
        num_hidden_layers: 28,
        num_key_value_heads: 4,
        num_shared_experts: 2,
        use_qkv_bias: false,
        vocab_size: 126464,
        tie_word_embeddings: false,
      },
      16_801_974_272n,
    ],
    [
      "A8: MiniMind without experts (use_moe false)",
      {
        model_type: "minimind",
        architectures: ["MiniMindForCausalLM"],
        ...sizes,
        num_key_value_heads: 2,
        use_moe: false,
        n_routed_experts: 4,
        n_shared_experts: 1,
        num_experts_per_tok: 2,
      },
      25_829_888n,
    ],
    [
      "A8: MiniMind with experts",
      {
        model_type: "minimind",
        architectures: ["MiniMindForCausalLM"],
        ...sizes,
        num_key_value_heads: 2,
        use_moe: true,
        n_routed_experts: 4,
        n_shared_experts: 1,
        num_experts_per_tok: 2,
      },
      95_052_288n,
    ],
    [
      "A6: Hunyuan-Large, keys and values shared by two layers",
      {
        model_type: "hunyuan",
        architectures: ["HunYuanForCausalLM"],
        use_cla: true,
        cla_share_factor: 2,
        num_shared_expert: 1,
        use_mixed_mlp_moe: true,
        moe_topk: 1,
        num_experts: 16,
        hidden_size: 6400,
        intermediate_size: 18304,
        num_attention_heads: 80,
        num_hidden_layers: 64,
        num_key_value_heads: 8,
        use_qk_norm: true,
        vocab_size: 128512,
        tie_word_embeddings: true,
      },
      388_698_128_640n,
    ],
    [
      "A7: DeepSeek-OCR, language_config without latent attention (use_mla false)",
      {
        model_type: "deepseek_vl_v2",
        language_config: {
          model_type: "deepseek_v2",
          architectures: ["DeepseekV2ForCausalLM"],
          first_k_dense_replace: 1,
          hidden_size: 1280,
          intermediate_size: 6848,
          kv_lora_rank: null,
          moe_intermediate_size: 896,
          n_routed_experts: 64,
          n_shared_experts: 2,
          num_attention_heads: 10,
          num_experts_per_tok: 6,
          num_hidden_layers: 12,
          num_key_value_heads: 10,
          q_lora_rank: null,
          qk_nope_head_dim: 0,
          qk_rope_head_dim: 0,
          use_mla: false,
          v_head_dim: 0,
          vocab_size: 129280,
        },
        vision_config: {},
      },
      2_934_734_080n,
    ],
  ];
  it.each(cases)("%s", (_, config, total) => {
    expect(account(config).total).toBe(total);
  });

  it("A7, minor 13: the language model under each name that makers give it", () => {
    const { total } = account(qwen3);
    for (const outer of [
      { model_type: "internvl_chat", llm_config: qwen3 },
      { model_type: "deepseek_vl_v2", language_config: qwen3 },
      { model_type: "llava", text_config: qwen3, tie_word_embeddings: false },
      { model_type: "brandnew_omni", thinker_config: { model_type: "thinker", text_config: qwen3 } },
    ]) {
      const counted = account(outer);
      expect([outer.model_type, counted.total]).toEqual([outer.model_type, total]);
      expect(counted.notes.join("\n")).toContain("only the language model");
    }
  });

  it("A7: Qwen3-Omni's thinker has Qwen3-MoE's parts", () => {
    const text = {
      vocab_size: 152064,
      hidden_size: 2048,
      moe_intermediate_size: 768,
      num_hidden_layers: 48,
      num_attention_heads: 32,
      num_key_value_heads: 4,
      head_dim: 128,
      num_experts: 128,
      num_experts_per_tok: 8,
    };
    const omni = { model_type: "qwen3_omni_moe_thinker", text_config: { model_type: "qwen3_omni_moe_text", ...text } };
    const counted = account({ model_type: "qwen3_omni_moe", thinker_config: omni });
    expect(counted.total).toBe(account({ model_type: "qwen3_moe", ...text }).total);
  });
});

describe("what only has the names of a known family", () => {
  const cases: readonly (readonly [string, Config, RegExp])[] = [
    [
      "A1: Jais, with gates",
      { model_type: "jais", architectures: ["JAISLMHeadModel"], activation_function: "swiglu", ...gpt },
      /activation_function "swiglu"/,
    ],
    [
      "A1: CodeShell, with shared heads",
      {
        model_type: "codeshell",
        architectures: ["CodeShellForCausalLM"],
        group_query_attention: true,
        num_query_groups: 8,
        ...gpt,
      },
      /group_query_attention true/,
    ],
    [
      "A1: positions that are not learned",
      { model_type: "btlm", position_embedding_type: "alibi", ...gpt },
      /position_embedding_type "alibi"/,
    ],
    ["A1: Phi's first files", { model_type: "phi-msft", rotary_dim: 32, ...gpt }, /rotary_dim 32/],
    [
      "A1: Qwen's first files, where one number says two widths",
      { model_type: "qwen", kv_channels: 128, ...sizes },
      /kv_channels 128/,
    ],
    [
      "A1: ChatGLM3",
      {
        model_type: "chatglm",
        architectures: ["ChatGLMModel"],
        ffn_hidden_size: 13696,
        hidden_size: 4096,
        num_layers: 28,
      },
      /ChatGLMModel/,
    ],
    [
      "A1: OpenELM",
      { model_type: "openelm", architectures: ["OpenELMForCausalLM"], model_dim: 1280, num_transformer_layers: 16 },
      /no number under/,
    ],
    [
      "A1: SantaCoder, that calls itself gpt2",
      { model_type: "gpt2", attention_head_type: "multiquery", ...gpt },
      /attention_head_type is "multiquery"/,
    ],
  ];
  it.each(cases)("%s is refused in one sentence", (_, config, sentence) => {
    const counting = () => account(config);
    expect(counting).toThrow(ConfigError);
    expect(counting).toThrow(sentence);
    expect(counting).toThrow(/^[^\n]{20,400}$/);
  });

  it("but GPT-2's own activations and positions are not", () => {
    for (const fields of [{ activation_function: "gelu_new" }, { position_embedding_type: "learned" }, {}])
      expect(account({ model_type: "mygpt", ...gpt, ...fields }).countedAs).toBe("gpt2");
  });
});
