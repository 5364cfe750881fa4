import { describe, expect, it } from "vitest";
import {
  account,
  activationBytes,
  bytesForUsers,
  cacheBytes,
  cacheBytesPerToken,
  findModel,
  fullFineTuning,
  gigabytes,
  loraFineTuning,
  loraParameters,
  qloraFineTuning,
  totalBytes,
  weightBytes,
} from "../../lib/account/index.js";

const known = (name: string) => account(findModel(name)!.config!);

describe("weights", () => {
  it("take 4, 2 and 1 bytes a parameter", () => {
    const mixtral = known("Mixtral-8x7B");
    expect(weightBytes(mixtral, "float32")).toBe(4 * 46_702_792_704);
    expect(weightBytes(mixtral, "bfloat16")).toBe(93_405_585_408);
    expect(weightBytes(mixtral, "fp8")).toBe(46_702_792_704);
  });

  it("take half a byte and a share of scale and zero point in int4, but for embeddings, head, norms and router", () => {
    const mixtral = known("Mixtral-8x7B");
    const kept = 2 * 131_072_000 + 266_240 + 1_048_576;
    expect(weightBytes(mixtral, "int4")).toBe((46_702_792_704 - kept) * (0.5 + 2.5 / 128) + 2 * kept);
    // A byte for 64 numbers is their scale, and 4 bytes for 256 of those are the scale of the scales.
    const each = 0.5 + 1 / 64 + 4 / (64 * 256);
    expect(weightBytes(mixtral, "nf4")).toBeCloseTo((46_702_792_704 - kept) * each + 2 * kept, 0);
  });

  it("do not include what is saved but not trained", () => {
    const v3 = known("DeepSeek-V3");
    expect(v3.buffers.total).toBe(14_848n);
    expect(weightBytes(v3, "fp8")).toBe(671_026_404_352);
  });
});

describe("the cache", () => {
  const perToken = (name: string) => cacheBytesPerToken(known(name));

  it("holds two rows of all key-value heads for each layer and token: MHA, GQA and MQA", () => {
    expect(perToken("Llama-2-7B")).toBe(2 * 2 * 32 * 32 * 128);
    expect(perToken("Llama-2-70B")).toBe(2 * 2 * 80 * 8 * 128);
    const one = { model_type: "llama", num_key_value_heads: 1 };
    expect(cacheBytesPerToken(account(one))).toBe(2 * 2 * 32 * 128);
    expect([known("Llama-2-7B"), known("Llama-2-70B"), account(one)].map(({ caches }) => caches[0].form)).toEqual([
      "MHA",
      "GQA",
      "MQA",
    ]);
  });

  it("holds one compressed row and one rotary key in latent attention, whatever the number of heads", () => {
    expect(perToken("DeepSeek-V3")).toBe(2 * 61 * (512 + 64));
    expect(perToken("Kimi-K2")).toBe(perToken("DeepSeek-V3")); // 64 heads, not 128
  });

  it("stops growing where all layers look at a window, and grows with the other layers where some do", () => {
    const mistral = known("Mistral-7B");
    expect(cacheBytes(mistral, { tokens: 4096 })).toBe(cacheBytes(mistral, { tokens: 100_000 }));
    const oss = known("gpt-oss-20b");
    const grown = cacheBytes(oss, { tokens: 1128 }) - cacheBytes(oss, { tokens: 128 });
    expect(grown).toBe(1000 * 2 * 12 * 2 * 8 * 64); // half of the 24 layers
  });

  it("is of fixed size in Mamba layers, and counts once for each text of a batch", () => {
    const jamba = known("Jamba-v0.1");
    expect(cacheBytes(jamba, { tokens: 0 })).toBe(2 * 28 * 8192 * (16 + 4));
    expect(cacheBytesPerToken(jamba)).toBe(2 * 2 * 4 * 8 * 128);
    expect(cacheBytes(jamba, { tokens: 100, batch: 3 })).toBe(3 * cacheBytes(jamba, { tokens: 100 }));
  });

  it("is none in encoders, which read a text once", () => {
    for (const name of ["BERT-large", "ViT-B/16"]) expect(cacheBytes(known(name), { tokens: 512 })).toBe(0);
  });

  it("refuses a length that is none", () => {
    expect(() => cacheBytes(known("GPT-2"), { tokens: -1 })).toThrow(
      "cacheBytes: tokens must be an integer from 0, got -1",
    );
  });
});

describe("training", () => {
  const llama = known("Llama-2-7B");

  it("takes 16 bytes a parameter where all are trained", () => {
    expect(totalBytes(fullFineTuning(llama))).toBe(16 * 6_738_415_616);
  });

  it("takes the model once, frozen, and 16 bytes for each parameter of the adapters", () => {
    const options = { rank: 8 };
    const adapters = loraParameters(llama, options);
    expect(adapters).toBe(32 * 2 * 8 * (4096 + 4096));
    expect(totalBytes(loraFineTuning(llama, options))).toBe(2 * 6_738_415_616 + 16 * adapters);
    expect(totalBytes(qloraFineTuning(llama, options))).toBe(weightBytes(llama, "nf4") + 16 * adapters);
  });

  it("finds the projections inside fused matrices, and refuses names that no matrix has", () => {
    // Phi-3 has q, k and v in one matrix; Llama's shapes apart.
    const sizes = { hidden_size: 64, num_attention_heads: 8, num_key_value_heads: 2, num_hidden_layers: 3 };
    const [apart, fused] = ["llama", "phi3"].map((model_type) => account({ model_type, ...sizes }));
    const options = { rank: 4, targets: ["q_proj", "k_proj", "v_proj", "o_proj"] };
    expect(loraParameters(fused, options)).toBe(loraParameters(apart, options));
    expect(loraParameters(apart, options)).toBe(3 * 4 * (64 + 64 + 2 * (64 + 16) + 64 + 64));
    expect(() => loraParameters(apart, { rank: 4, targets: ["w1"] })).toThrow('llama has no matrix "w1"');
    expect(() => loraParameters(apart, { rank: 0 })).toThrow("rank must be an integer from 1, got 0");
  });

  it("keeps 34 bytes of activations for each number of a layer, more with the scores, 2 where layers are computed again", () => {
    const gpt3 = known("GPT-3");
    const at = (keep: "all" | "no scores" | "layer inputs") => activationBytes(gpt3, { tokens: 2048, keep });
    expect(at("no scores")).toBe(96 * 34 * 2048 * 12288);
    expect(at("all")).toBe(96 * (34 * 2048 * 12288 + 5 * 96 * 2048 ** 2));
    expect(at("layer inputs")).toBe(96 * 2 * 2048 * 12288);
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
