import { describe, expect, it } from "vitest";
import {
  account,
  activationBytes,
  bytesForUsers,
  fineTuning,
  findModel,
  gigabytes,
  loraParameters,
  loraRows,
  peftTargets,
  targetNames,
  totalBytes,
  weightBytes,
} from "../../../lib/account/index.js";

import { rows as anyModel } from "../rows.js";

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

describe("adapters on experts", () => {
  it("there is one for each of them, and a token passes through those of the k that work", () => {
    const rows = loraRows(known("Mixtral-8x7B"), { rank: 4, targets: ["q_proj", "w1"] });
    const each = 4 * (4096 + 14336);
    expect(rows).toEqual([
      { module: "layers.0.self_attn.q_proj", adapters: 32, total: 32 * 4 * 8192, active: 32 * 4 * 8192 },
      { module: "layers.0.block_sparse_moe.experts.0.w1", adapters: 256, total: 256 * each, active: 64 * each },
    ]);
  });

  // Every model and every matrix, since the exceptions are few and far between: a random sample met them once in many runs.
  it("of any model and any of its matrices: the share that works is k / E with experts, all without, none for a text among vision experts", () => {
    for (const { config } of anyModel) {
      const counted = account(config);
      const { topK, total: nExpert } = counted.experts;
      for (const target of targetNames(counted)) {
        const doubled = loraRows(counted, { rank: 2, targets: [target] });
        loraRows(counted, { rank: 1, targets: [target] }).forEach((row, i) => {
          const { module, adapters, total, active } = row;
          expect(doubled[i]).toEqual({ module, adapters, total: 2 * total, active: 2 * active });
          const routed = module.includes("experts.0.") && !module.includes(".shared_experts.");
          const share = !routed ? 1 : module.includes(".vision_moe.") ? 0 : topK / nExpert;
          expect(active, `${counted.modelType} ${module}`).toBeCloseTo(share * total, 3);
        });
      }
    }
  });
});

describe("fine-tuning three ways", () => {
  const mixtral = known("Mixtral-8x7B");
  const targets = ["q_proj", "v_proj", "w1", "w2", "w3"];
  const [full, lora, qlora] = fineTuning(mixtral, { rank: 16, targets });

  it("trains everything, or the adapters alone: of both a token uses a part", () => {
    expect([full.trained, full.active]).toEqual([Number(mixtral.total), Number(mixtral.active)]);
    expect([qlora.trained, qlora.active]).toEqual([lora.trained, lora.active]);
    expect(lora.trained).toBe(loraParameters(mixtral, { rank: 16, targets }));
    const attention = 32 * 16 * (4096 + 4096 + 4096 + 1024);
    expect(lora.trained - attention).toBe(4 * (lora.active - attention)); // 2 of 8 experts
    expect(full.saved / lora.saved).toBe(full.trained / lora.trained);
  });

  it("holds 16 bytes for what is trained, and what is frozen once", () => {
    expect(full.total).toBe(16 * full.trained);
    expect(lora.total).toBe(2 * full.trained + 16 * lora.trained);
    expect(qlora.total).toBe(weightBytes(mixtral, "nf4") + 16 * lora.trained);
    for (const { memory, total } of [full, lora, qlora]) expect(totalBytes(memory)).toBe(total);
  });

  it("adds the same activations to all three, for as many tokens as are asked for", () => {
    const rows = fineTuning(mixtral, { rank: 16, targets, tokens: 512, batch: 2, dropout: false });
    const bytes = activationBytes(mixtral, { tokens: 512, batch: 2, dropout: false });
    for (const [i, before] of [full, lora, qlora].entries()) {
      expect(rows[i].memory.at(-1)).toEqual({ what: "activations", bytes });
      expect(rows[i].total).toBe(before.total + bytes);
    }
  });
});

describe("C7 and C8, a copy of GPT-3 for each user", () => {
  it("is 349 GB, and an adapter of rank 4 is 38 MB", () => {
    const gpt3 = known("GPT-3");
    expect(gigabytes(weightBytes(gpt3, "float16"))).toBeCloseTo(349.2, 1);
    expect(loraParameters(gpt3, { rank: 4 })).toBe(18_874_368);
    const [none, one, thousand] = bytesForUsers(gpt3, [0, 1, 1000], { rank: 4 });
    expect([none.copies, none.adapters, none.quantized]).toEqual([
      0,
      weightBytes(gpt3, "float16"),
      weightBytes(gpt3, "nf4"),
    ]);
    expect(one.adapters).toBeGreaterThan(one.copies);
    expect(gigabytes(thousand.copies)).toBeCloseTo(349_209, 0);
    expect(gigabytes(thousand.adapters)).toBeCloseTo(386.96, 1);
    expect(thousand.adapters - thousand.quantized).toBe(none.adapters - none.quantized);
  });

  it('is what the paper of LoRA says, §4.2: "reduced by roughly 10,000× (from 350GB to 35MB)"', () => {
    const gpt3 = known("GPT-3");
    const [copy, adapter] = [weightBytes(gpt3, "float16"), 2 * loraParameters(gpt3, { rank: 4 })];
    expect(Math.abs(copy / 350e9 - 1)).toBeLessThan(0.01);
    expect(Math.abs(adapter / 2 ** 20 / 35 - 1)).toBeLessThan(0.03); // 36 MiB
    expect(Math.abs(copy / adapter / 10_000 - 1)).toBeLessThan(0.1);
  });
});
