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
  bytesPerNumber,
  type DtypeName,
  loraParameters,
  peftTargets,
  qloraFineTuning,
  reservedCacheBytes,
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

  it("take a quarter bit more than four in mxfp4, of the experts alone where there are any, as gpt-oss is shipped", () => {
    expect(weightBytes(known("gpt-oss-120b"), "mxfp4")).toBe(65_248_815_744); // its files: hf-mem issue 60
    const kept = 2 * 131_072_000 + 65 * 4096;
    expect(weightBytes(known("Llama-2-7B"), "mxfp4")).toBe(((6_738_415_616 - kept) * 4.25) / 8 + 2 * kept);
  });

  it("of Llama-2-7B are 3.889 GB in int4 with the zero points, 0.65 % more than without", () => {
    const bytes = weightBytes(known("Llama-2-7B"), "int4");
    expect(bytes / 1e9).toBeCloseTo(3.889, 3);
    expect(bytes / (bytes - (6_476_005_376 * 4) / 128 / 8)).toBeCloseTo(1.0065, 4);
  });

  it("have their formats by any name that configs and engines use; other words are refused in a sentence", () => {
    const mixtral = known("Mixtral-8x7B");
    for (const [name, dtype] of [
      ["bf16", "bfloat16"],
      ["fp16", "float16"],
      ["half", "float16"],
      ["fp32", "float32"],
      ["torch.bfloat16", "bfloat16"],
      ["BF16", "bfloat16"],
      ["float8_e4m3fn", "fp8"],
    ] as [DtypeName, DtypeName][]) {
      expect(weightBytes(mixtral, name)).toBe(weightBytes(mixtral, dtype));
      expect(cacheBytes(mixtral, { tokens: 9, dtype: name })).toBe(cacheBytes(mixtral, { tokens: 9, dtype }));
      expect(bytesPerNumber(name)).toBe(bytesPerNumber(dtype));
    }
    for (const wrong of ["bf17", "", "toString", "__proto__", null, undefined, 16, {}]) {
      const sentence = /^weightBytes: dtype must be one of float32, bfloat16, [a-z0-9, ]+, got [^\n]+$/;
      expect(() => weightBytes(mixtral, wrong as never)).toThrow(sentence);
      if (wrong !== undefined)
        expect(() => cacheBytes(mixtral, { tokens: 1, dtype: wrong as never })).toThrow(/^cacheBytes: dtype must be/);
    }
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

describe("what an engine sets aside", () => {
  it("is full pages in all layers where some look at a window: 12.00 GiB for gpt-oss-20b, where 6.09 GiB are needed", () => {
    // The figures of https://github.com/alvarobartt/hf-mem/pull/70.
    const [oss, texts] = [known("gpt-oss-20b"), { tokens: 8192, batch: 32 }];
    expect((reservedCacheBytes(oss, texts) / 2 ** 30).toFixed(2)).toBe("12.00");
    expect((cacheBytes(oss, texts) / 2 ** 30).toFixed(2)).toBe("6.09");
    // vLLM's own log for gpt-oss-120b: 73,728 bytes a token (hf-mem issue 60).
    expect(reservedCacheBytes(known("gpt-oss-120b"), { tokens: 160 })).toBe(160 * 73_728);
  });

  it("is what is needed, in whole pages, where all layers are alike, and states as they are", () => {
    const [llama, mistral, jamba] = ["Llama-2-7B", "Mistral-7B", "Jamba-v0.1"].map(known);
    expect(reservedCacheBytes(llama, { tokens: 1 })).toBe(cacheBytes(llama, { tokens: 16 }));
    expect(reservedCacheBytes(llama, { tokens: 65, page: 64 })).toBe(cacheBytes(llama, { tokens: 128 }));
    expect(reservedCacheBytes(mistral, { tokens: 100_000 })).toBe(cacheBytes(mistral, { tokens: 100_000 }));
    expect(reservedCacheBytes(jamba, { tokens: 16 })).toBe(cacheBytes(jamba, { tokens: 16 }));
    expect(() => reservedCacheBytes(llama, { tokens: 1, page: 0 })).toThrow(
      "reservedCacheBytes: page must be an integer from 1, got 0",
    );
  });
});

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

describe("numbers that are none", () => {
  const llama = known("Llama-2-7B");
  it.each([
    [
      "tokens",
      () => activationBytes(llama, { tokens: -5 }),
      "activationBytes: tokens must be an integer from 0, got -5",
    ],
    [
      "a batch",
      () => activationBytes(llama, { tokens: 1, batch: NaN }),
      "activationBytes: batch must be an integer from 0",
    ],
    [
      "a word",
      () => activationBytes(llama, { tokens: 1, keep: "some" as never }),
      "activationBytes: keep must be one of",
    ],
    [
      "a flag",
      () => activationBytes(llama, { tokens: 1, dropout: 1 as never }),
      "dropout must be true or false, got 1",
    ],
    ["users", () => bytesForUsers(llama, [-3], { rank: 1 }), "bytesForUsers: users must be an integer from 0, got -3"],
    ["a rank", () => bytesForUsers(llama, [1], { rank: 1.5 }), "lora: rank must be an integer from 1, got 1.5"],
    ["a rank", () => qloraFineTuning(llama, { rank: Infinity }), "lora: rank must be an integer from 1, got Infinity"],
    [
      "tokens",
      () => cacheBytes(llama, { tokens: "9" as never }),
      'cacheBytes: tokens must be an integer from 0, got "9"',
    ],
    [
      "a batch",
      () => cacheBytes(llama, { tokens: 1, batch: -1 }),
      "cacheBytes: batch must be an integer from 0, got -1",
    ],
    [
      "tokens",
      () => reservedCacheBytes(llama, { tokens: 1e300 }),
      "reservedCacheBytes: tokens must be an integer from 0",
    ],
  ])("%s: refused in a sentence that names function and value", (_, call, sentence) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(sentence);
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

describe("activations, from the tree", () => {
  const row = (config: object, options: object = {}) =>
    activationBytes(account(config as never), { tokens: 1, ...options });
  const D = 4096;

  it("of a mixture grow with the experts that work: 266,240 bytes a token and layer in Mixtral", () => {
    // In units of 2 D bytes: two norms; attention reads 1, q 1, k and v a quarter each, its output 1; the router reads 1; each expert is
    // given 1 and gives 1, with 3 · 3.5 between; and two masks of half a unit.
    expect(2 * D * (2 + 3.5 + 1 + 2 * (2 + 3 * 3.5) + 2 * 0.5)).toBe(266_240);
    expect(activationBytes(known("Mixtral-8x7B"), { tokens: 1 })).toBe(32 * 266_240);
    const more = activationBytes(account({ ...findModel("Mixtral-8x7B")!.config!, num_experts_per_tok: 3 }), {
      tokens: 1,
    });
    expect(more - 32 * 266_240).toBe(32 * 2 * D * (2 + 3 * 3.5));
  });

  it("of Llama-3-8B are 36 bytes for each number of the residual, 34 without masks; scores come on top", () => {
    const llama = known("Llama-3-8B");
    expect(activationBytes(llama, { tokens: 10, batch: 2 })).toBe(20 * 32 * 36 * D);
    expect(activationBytes(llama, { tokens: 10, dropout: false })).toBe(10 * 32 * 34 * D);
    expect(activationBytes(llama, { tokens: 10, keep: "all" })).toBe(10 * 32 * 36 * D + 32 * 5 * 32 * 10 ** 2);
  });

  it("follow the widths of what a layer is made of: fused matrices as apart, BERT and GPT alike, no layer twice", () => {
    const sizes = { hidden_size: 64, num_attention_heads: 8, num_key_value_heads: 2, num_hidden_layers: 3 };
    expect(row({ model_type: "phi3", ...sizes, intermediate_size: 96 })).toBe(
      row({ model_type: "llama", ...sizes, intermediate_size: 96 }),
    );
    const bert = {
      model_type: "bert",
      hidden_size: 64,
      num_attention_heads: 8,
      num_hidden_layers: 3,
      intermediate_size: 256,
    };
    expect(row(bert)).toBe(3 * 34 * 64);
    expect(row({ ...bert, intermediate_size: 257 })).toBe(3 * (34 * 64 + 2 * 2));
    expect(row({ ...bert, num_hidden_layers: 6 })).toBe(6 * 34 * 64);
  });

  it("of latent attention and shared experts are counted by their own matrices", () => {
    const v3 = { ...findModel("DeepSeek-V3")!.config!, num_hidden_layers: 1, first_k_dense_replace: 0 };
    const attention = 7168 + 2 * 1536 + 128 * 192 + 576 + 512 + 128 * 256 + 128 * 128;
    const experts = 7168 + 8 * (2 * 7168 + 3 * 2048) + 3 * 2048;
    expect(row(v3)).toBe(2 * (2 * 7168 + attention + experts) + 2 * 7168);
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
