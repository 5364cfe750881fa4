import { describe, expect, it } from "vitest";
import {
  account,
  activationBytes,
  bytesForUsers,
  cacheBytes,
  cacheBytesPerToken,
  findModel,
  loraParameters,
  reservedCacheBytes,
  shippedWeights,
  weightBytes,
} from "../../../lib/account/index.js";

const named = (name: string) => account(findModel(name)!.config!);
const llama2 = account({ model_type: "llama" });

describe("memory, against figures that others published", () => {
  it("section 4: keys and values a token, as in DeepSeek's table", () => {
    expect(cacheBytesPerToken(named("DeepSeek-V3"))).toBe(70_272);
    const qwen = { hidden_size: 8192, num_hidden_layers: 80, num_attention_heads: 64, num_key_value_heads: 8 };
    expect(cacheBytesPerToken(account({ model_type: "qwen2", ...qwen }))).toBe(327_680);
    const large = { hidden_size: 16384, num_hidden_layers: 126, num_attention_heads: 128, num_key_value_heads: 8 };
    expect(cacheBytesPerToken(account({ model_type: "llama", ...large }))).toBe(516_096);
    expect(cacheBytes(llama2, { tokens: 4096 })).toBe(2 * 2 ** 30);
  });

  it("minor 6: four bits with the zero points of GPTQ and AWQ, 3.889 GB for Llama-2-7B", () => {
    expect(weightBytes(llama2, "int4")).toBe(3_889_307_648);
    const quantization_config = { quant_method: "awq", bits: 4, group_size: 128, zero_point: true };
    expect(shippedWeights(account({ model_type: "llama", quantization_config }))!.bytes).toBe(3_889_307_648);
  });

  it("section 4, wish 4: gpt-oss-120b as it is shipped has 65.25 GB", () => {
    expect(shippedWeights(named("gpt-oss-120b"))!.bytes! / 1e9).toBeCloseTo(65.25, 2);
  });

  it("minor 10, wish 10: what an engine sets aside for gpt-oss-20b is 12 GiB, what it needs 6.09", () => {
    const options = { tokens: 8192, batch: 32 };
    expect(cacheBytes(named("gpt-oss-20b"), options) / 2 ** 30).toBe(6.09375);
    expect(reservedCacheBytes(named("gpt-oss-20b"), options) / 2 ** 30).toBe(12);
  });

  it("minor 8: activations of a layer of Mixtral, 266,240 bytes a token", () => {
    expect(activationBytes(account({ model_type: "mixtral", num_hidden_layers: 1 }), { tokens: 1 })).toBe(266_240);
  });

  it.each(["qwen2_moe", "qwen3_moe"])("minor 9: %s has windows where use_sliding_window says so", (type) => {
    const sizes = {
      hidden_size: 64,
      num_hidden_layers: 4,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      head_dim: 16,
    };
    const config = { model_type: type, ...sizes, sliding_window: 8, max_window_layers: 2 };
    const windowed = account({ ...config, use_sliding_window: true });
    expect(windowed.caches.map(({ window }) => window)).toContain(8);
    expect(account(config).caches.map(({ window }) => window)).toEqual([null]);
  });

  it("minor 7, B: adapters on matrices by the names of checkpoints", () => {
    expect(loraParameters(account({ model_type: "gpt2" }), { rank: 8, targets: ["c_attn"] })).toBe(
      12 * 8 * (768 + 3 * 768),
    );
    expect(loraParameters(account({ model_type: "phi3" }), { rank: 8, targets: ["qkv_proj"] })).toBe(
      32 * 8 * (3072 + 3 * 3072),
    );
    expect(loraParameters(account({ model_type: "deepseek_v3" }), { rank: 8, targets: ["q_b_proj"] })).toBe(
      61 * 8 * (1536 + 128 * 192),
    );
    expect(loraParameters(account({ model_type: "mixtral" }), { rank: 8, targets: ["w1"] })).toBe(
      32 * 8 * 8 * (4096 + 14336),
    );
  });

  it("minor 5: what is no number of tokens, users or bytes is refused, not made NaN", () => {
    expect(() => activationBytes(llama2, { tokens: -5 })).toThrow(/tokens must be an integer from 0, got -5/);
    expect(() => bytesForUsers(llama2, [-3], { rank: 8 })).toThrow(/users must be an integer from 0, got -3/);
    expect(() => cacheBytes(llama2, { tokens: 1.5 })).toThrow(/tokens must be an integer/);
    expect(() => account({ model_type: "llama", hidden_size: 4096n })).toThrow(
      "config: hidden_size must be an integer from 1, got 4096n",
    );
    expect(() => account({ model_type: "llama", hidden_size: Infinity })).toThrow("got Infinity");
  });

  it.each(["fp16", "bf16", "fp32"])("minor 5: the short name %s is a format", (dtype) => {
    expect(Number.isFinite(cacheBytes(llama2, { tokens: 5, dtype: dtype as "float16" }))).toBe(true);
    expect(Number.isFinite(weightBytes(llama2, dtype as "float16"))).toBe(true);
  });
});
