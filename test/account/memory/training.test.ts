import { describe, expect, it } from "vitest";
import {
  account,
  activationBytes,
  findModel,
  fullFineTuning,
  loraFineTuning,
  loraParameters,
  qloraFineTuning,
  totalBytes,
  weightBytes,
} from "../../../lib/account/index.js";

const known = (name: string) => account(findModel(name)!.config!);

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
