import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { account, cacheBytesPerToken, type Config, loraParameters } from "../../../lib/account/index.js";

const decoder = {
  vocab_size: 256,
  hidden_size: 64,
  intermediate_size: 96,
  num_hidden_layers: 8,
  num_attention_heads: 8,
};
const grouped = { ...decoder, num_key_value_heads: 2 };

/** Sizes of the published file. */
const LARGE: Config = {
  model_type: "hunyuan",
  vocab_size: 129024,
  hidden_size: 6400,
  intermediate_size: 18304,
  num_hidden_layers: 64,
  num_attention_heads: 80,
  num_key_value_heads: 8,
  num_experts: 16,
  moe_topk: 1,
  tie_word_embeddings: true,
};

describe("keys and values that layers share (use_cla)", () => {
  it("halve the cache of Hunyuan-Large, and take 262,144,000 parameters from it", () => {
    const own = account(LARGE);
    const shared = account({ ...LARGE, use_cla: true, cla_share_factor: 2 });
    expect(own.total - shared.total).toBe(262_144_000n);
    expect([cacheBytesPerToken(own), cacheBytesPerToken(shared)]).toEqual([163_840, 81_920]);
    expect(account({ ...LARGE, use_cla: false, cla_share_factor: 2 }).total).toBe(own.total);
  });

  it("leave keys and values to every n-th layer, whatever n is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 9 }), (num_hidden_layers, share) => {
        const config = { model_type: "hunyuan", ...grouped, num_hidden_layers, num_experts: 4, moe_topk: 2 };
        const shared = account({ ...config, use_cla: true, cla_share_factor: share });
        const without = num_hidden_layers - Math.ceil(num_hidden_layers / share);
        expect(account(config).total - shared.total).toBe(BigInt(without * 2 * 2 * 8 * 64));
        expect(cacheBytesPerToken(shared)).toBe((num_hidden_layers - without) * 2 * 2 * 8 * 2);
      }),
    );
  });
});

describe("a field that the hub's files give for each layer", () => {
  it.each(["moe_topk", "num_experts_per_tok"])("%s may be a list, if all layers agree", (field) => {
    const config = { model_type: "hunyuan_v1_moe", ...grouped, num_experts: 4 };
    const listed = account({ ...config, [field]: Array<number>(8).fill(2) });
    expect(listed.active).toBe(account({ ...config, [field]: 2 }).active);
    expect(() => account({ ...config, [field]: [1, 2] })).toThrow(`${field} must be the same number in every layer`);
  });
});

describe("what transformers' class does not allocate or read is said", () => {
  const deepseek = { model_type: "deepseek_v3", ...decoder, n_routed_experts: 16 };
  it.each([
    [{ num_nextn_predict_layers: 1 }, /num_nextn_predict_layers 1: what predicts further tokens is not in the total/],
    [{ num_mtp_layers: 3 }, /num_mtp_layers 3: what predicts further tokens is not in the total/],
    [{ moe_layer_freq: 2 }, /moe_layer_freq not read/],
    [{ moe_layer_freq: [0, 1, 0, 1, 0, 1, 0, 1] }, /moe_layer_freq not read/],
  ])("%j", (fields, sentence) => {
    expect(
      account({ ...deepseek, ...fields })
        .notes.join("\n")
        .toLowerCase(),
    ).toMatch(sentence);
    expect(account({ ...deepseek, ...fields }).total).toBe(account(deepseek).total);
  });

  it.each([{ num_nextn_predict_layers: 0 }, { moe_layer_freq: 1 }, { moe_layer_freq: [0, 0, 0, 1, 1, 1, 1, 1] }])(
    "but not where it changes nothing: %j",
    (fields) => {
      expect(account({ ...deepseek, ...fields }).notes).toEqual(account(deepseek).notes);
    },
  );
});

describe("experts that work in a latent width", () => {
  it("are idle but for the k of E, while their projections serve every token", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 16 }),
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 1, max: 40 }),
        (E, k, C) => {
          const config = {
            model_type: "nemotron_h",
            hidden_size: 64,
            moe_intermediate_size: 24,
            layers_block_type: ["moe", "moe"],
            n_routed_experts: E,
            num_experts_per_tok: k,
            moe_latent_size: C,
          };
          const { total, active, oneExpert, activeByKind } = account(config);
          expect(oneExpert).toBe(BigInt(2 * 24 * C));
          expect(total - active).toBe(2n * BigInt(E - k) * oneExpert);
          expect(activeByKind.expert).toBe(2n * (BigInt(k) * oneExpert + BigInt(2 * 64 * C)));
        },
      ),
    );
  });
});

describe("LoRA by the names in the checkpoint", () => {
  it("finds Mixtral's w1, w2 and w3", () => {
    const counted = account({ model_type: "mixtral", ...grouped, num_local_experts: 4 });
    expect(loraParameters(counted, { rank: 2, targets: ["w1"] })).toBe(8 * 4 * 2 * (64 + 96));
    expect(loraParameters(counted, { rank: 2, targets: ["w1", "w2", "w3"] })).toBe(3 * 8 * 4 * 2 * (64 + 96));
  });
});

it("the hybrid pattern of older Nemotron-H files says the same as the list", () => {
  const config = { model_type: "nemotron_h", hidden_size: 64, num_hidden_layers: 4 };
  const list = ["mamba", "moe", "attention", "mlp"];
  expect(account({ ...config, hybrid_override_pattern: "ME*-" }).total).toBe(
    account({ ...config, layers_block_type: list }).total,
  );
  expect(() => account({ ...config, hybrid_override_pattern: "MX" })).toThrow(
    "hybrid_override_pattern must be made of",
  );
});
