import { describe, expect, it } from "vitest";
import { account, type Config } from "../../../lib/account/index.js";

describe("0, null and absent", () => {
  const small = { vocab_size: 101, hidden_size: 48, num_hidden_layers: 2, num_attention_heads: 4 };
  it("A17: no shared expert by a width of 0, in each type with such a width", () => {
    for (const type of ["qwen2_moe", "qwen3_next", "qwen3_5_moe_text", "laguna", "flint"]) {
      const config = { model_type: type, ...small, shared_expert_intermediate_size: 0, num_key_value_heads: 4 };
      const wide = account({ ...config, shared_expert_intermediate_size: 16 });
      expect([type, wide.total - account(config).total]).toEqual([type, BigInt(wide.moeLayers) * 3n * 48n * 16n]);
    }
  });

  it("A17: null is false for a flag whose default is true, and refused for a number that has a default", () => {
    const bamba = {
      model_type: "bamba",
      ...small,
      num_key_value_heads: 2,
      intermediate_size: 96,
      mamba_n_heads: 6,
      mamba_d_head: 16,
    };
    const total = (fields: Config): bigint => account({ ...bamba, ...fields }).total;
    expect(total({ mamba_conv_bias: null })).toBe(total({ mamba_conv_bias: false }));
    expect(total({ mamba_conv_bias: null })).toBeLessThan(total({}));
    for (const field of ["n_routed_experts", "n_shared_experts"])
      expect(() => account({ model_type: "deepseek_v2", num_experts_per_tok: 2, [field]: null })).toThrow(
        `${field} is null, which transformers refuses`,
      );
  });

  it("A4: T5 with tie_word_embeddings null is tied, as its class has it", () => {
    const t5 = { model_type: "t5", d_model: 48, vocab_size: 101 };
    expect(account({ ...t5, tie_word_embeddings: null }).tied).toBe(true);
    expect(account({ ...t5, tie_word_embeddings: false }).tied).toBe(false);
  });

  it("A5, B: what the class leaves out is said", () => {
    const notes = (config: Config): string => account(config).notes.join("\n");
    expect(notes({ model_type: "deepseek_v3", num_nextn_predict_layers: 1 })).toMatch(
      /num_nextn_predict_layers|multi-token prediction/,
    );
    expect(notes({ model_type: "deepseek_v3", moe_layer_freq: 2 })).toContain("moe_layer_freq");
  });
});
