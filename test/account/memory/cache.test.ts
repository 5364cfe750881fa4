import { describe, expect, it } from "vitest";
import { account, cacheBytes, cacheBytesPerToken, findModel, reservedCacheBytes } from "../../../lib/account/index.js";

const known = (name: string) => account(findModel(name)!.config!);

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
