import { describe, expect, it } from "vitest";
import {
  account,
  bytesForUsers,
  findModel,
  gigabytes,
  loraParameters,
  peftTargets,
  weightBytes,
} from "../../../lib/account/index.js";

const known = (name: string) => account(findModel(name)!.config!);

describe("adapters as PEFT makes them", () => {
  // What PEFT 0.21.2 adds to these classes of transformers 5.24 with r = 4, counted there.
  const small = {
    vocab_size: 99,
    hidden_size: 64,
    num_hidden_layers: 3,
    num_attention_heads: 8,
    intermediate_size: 96,
  };
  const gpt2 = { model_type: "gpt2", vocab_size: 99, n_embd: 64, n_layer: 3, n_head: 8 };
  const llama = { ...small, model_type: "llama", num_key_value_heads: 2 };
  const latent = { q_lora_rank: 24, kv_lora_rank: 16, qk_nope_head_dim: 8, qk_rope_head_dim: 4, v_head_dim: 8 };
  const experts = { n_routed_experts: 8, num_experts_per_tok: 2, moe_intermediate_size: 16 };
  it.each([
    [gpt2, null, 3072],
    [gpt2, ["c_attn", "c_fc"], 6912],
    [{ ...llama, model_type: "phi3" }, ["qkv_proj", "gate_up_proj"], 4992],
    [{ ...small, model_type: "gpt_neox" }, null, 3072],
    [{ ...small, model_type: "bert" }, null, 3072],
    [{ model_type: "t5", vocab_size: 99, d_model: 64, d_kv: 8, d_ff: 96, num_layers: 3, num_heads: 8 }, null, 9216],
    [llama, null, 2496],
    [llama, ["q_proj", "gate_proj", "down_proj", "lm_head"], 6028],
    [
      { ...small, model_type: "deepseek_v3", ...latent, ...experts },
      ["q_a_proj", "q_b_proj", "kv_b_proj", "o_proj"],
      5760,
    ],
  ])("%j with targets %j: %i", (config, targets, parameters) => {
    const model = account(config);
    expect(loraParameters(model, { rank: 4, targets: targets ?? peftTargets(model)! })).toBe(parameters);
  });

  it("w1, w2 and w3 of Mixtral's checkpoint are its experts' matrices", () => {
    const mixtral = known("Mixtral-8x7B");
    const each = 4 * (4096 + 14336);
    for (const target of ["w1", "w2", "w3", "gate_proj"])
      expect(loraParameters(mixtral, { rank: 4, targets: [target] })).toBe(32 * 8 * each);
  });

  it("a matrix and a projection inside it cannot both have one; a name that is missing is told with those that are there", () => {
    const model = account(gpt2);
    expect(() => loraParameters(model, { rank: 1, targets: ["c_attn", "q_proj"] })).toThrow(
      'lora: targets must name "c_attn" or "q_proj", which lies in it, not both',
    );
    expect(() => loraParameters(model, { rank: 1, targets: ["c_atn"] })).toThrow(
      'lora: gpt2 has no matrix "c_atn"; it has wte, wpe, c_attn, q_proj, k_proj, v_proj, c_proj, c_fc',
    );
    expect(peftTargets(known("Kimi-K2"))).toBeNull();
  });
});

describe("C7 and C8, a copy of GPT-3 for each user", () => {
  it("is 349 GB, and an adapter of rank 4 is 38 MB", () => {
    const gpt3 = known("GPT-3");
    expect(gigabytes(weightBytes(gpt3, "float16"))).toBeCloseTo(349.2, 1);
    expect(loraParameters(gpt3, { rank: 4 })).toBe(18_874_368);
    const [one, thousand] = bytesForUsers(gpt3, [1, 1000], { rank: 4 });
    expect(one.adapters).toBeGreaterThan(one.copies);
    expect(gigabytes(thousand.copies)).toBeCloseTo(349_209, 0);
    expect(gigabytes(thousand.adapters)).toBeCloseTo(386.96, 1);
  });
});
