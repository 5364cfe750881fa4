import type { Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { groupedAttention, groupedCache } from "../../../pieces/attention.js";
import { decoder, expertCounts, layers } from "../../../pieces/decoder.js";
import { mixture, mlp, router } from "../../../pieces/feedForward.js";
import { mamba2, mambaState } from "../../../pieces/state/mamba2.js";
import { routingBias } from "../../../pieces/smallExperts.js";
import { group, linear, rmsNorm } from "../../../part.js";
import type { Size } from "../../../size.js";

/** Nemotron-H: each layer is one thing, Mamba 2, attention, a feed-forward layer without gate, or experts. Latent experts work in
 *  a smaller width, with a projection into it and out of it that every token passes. The class ties nothing, whatever the config says.
 *  Source: NVIDIA 2025, https://arxiv.org/abs/2504.03624; transformers' NemotronHForCausalLM. */
export const nemotronH: Family = (c) => {
  const V = c.size("V", "vocab_size", 131072);
  const D = c.size("D", "hidden_size", 4096);
  const H = c.size("H", "num_attention_heads", 32);
  const Hkv = c.isNull("num_key_value_heads") ? H : c.size("H_kv", "num_key_value_heads", 8);
  const sizes = { D, H, Hkv, K: c.size("K", "head_dim", 128) };
  const kinds = layerList(c);
  const L = c.derive("L", "layers, from layers_block_type", kinds.length);
  const of = (letter: string, kind: string, words: string): Size =>
    c.derive(letter, `layers with ${words}, from layers_block_type`, kinds.filter((name) => name === kind).length);
  const [Lm, La] = [of("L_m", "linear_attention", "Mamba"), of("L_a", "full_attention", "attention")];
  const [Ld, Le] = [of("L_d", "mlp", "a dense part"), of("L_e", "moe", "experts")];

  const mamba = {
    D,
    M: c.size("H_m", "mamba_num_heads", 128).times(c.size("K_m", "mamba_head_dim", 64)),
    H: c.size("H_m", "mamba_num_heads", 128),
    G: c.size("G", ["mamba_n_groups", "n_groups"], 8),
    N: c.size("N", "ssm_state_size", 128),
    W: c.size("W", ["mamba_d_conv", "conv_kernel"], 4),
  };
  const bias = c.flag("mlp_bias", false);
  const F = c.size("F", "intermediate_size", 21504);
  const Fe = c.size("F_e", "moe_intermediate_size", 7688);
  const named = c.number("moe_shared_expert_intermediate_size", 7688);
  const Fs = named === 0 ? F : c.size("F_s", "moe_shared_expert_intermediate_size", 7688);
  const experts = expertCounts(c, [["n_routed_experts", "num_local_experts"], 8], ["num_experts_per_tok", 2]);
  const C = c.has("moe_latent_size") ? c.size("C", "moe_latent_size", null) : null;
  return decoder(c, {
    V,
    D,
    embedding: "embeddings",
    layers: [
      ...layers("layers", L, rmsNorm("norm", D)),
      ...layers(
        "Mamba layers",
        Lm,
        mamba2(mamba, {
          name: "mixer",
          convBias: c.flag(["mamba_conv_bias", "use_conv_bias"], true),
          bias: c.flag("use_bias", false),
        }),
      ),
      ...layers("attention layers", La, groupedAttention(sizes, { name: "mixer" })),
      ...layers("dense layers", Ld, group("mixer", mlp(["up_proj", "down_proj"], D, F, bias))),
      ...layers(
        "expert layers",
        Le,
        mixture(experts, {
          name: "mixer",
          router: [...router(experts.E, D), ...routingBias(experts.E)],
          expert: mlp(["up_proj", "down_proj"], C ?? D, Fe, false, "expert"),
          latent: C
            ? [...linear("fc1_latent_proj", "expert", C, D, bias), ...linear("fc2_latent_proj", "expert", D, C, bias)]
            : [],
          shared: [group("shared_experts", mlp(["up_proj", "down_proj"], D, Fs, bias, "shared expert"))],
        }),
      ),
    ],
    norm: rmsNorm("norm_f", D),
    tied: false,
    depth: L,
    moe: { layers: Le, experts, shared: 1 },
    caches: [groupedCache(sizes, La), mambaState(mamba, Lm)],
  });
};

const LETTERS: Readonly<Record<string, string>> = {
  M: "linear_attention",
  E: "moe",
  "*": "full_attention",
  "-": "mlp",
};
const OLD: Readonly<Record<string, string>> = { mamba: "linear_attention", attention: "full_attention" };

/** `layers_block_type` names each layer; older files have a letter for each in `hybrid_override_pattern`. num_hidden_layers says
 *  nothing besides, and is not read, as in transformers. */
function layerList(c: Fields): string[] {
  const field = ["layers_block_type", "layer_types"];
  const pattern = c.word("hybrid_override_pattern", "");
  const names =
    c.words(field)?.map((name) => OLD[name] ?? name) ??
    (pattern === ""
      ? ["linear_attention", "moe", "full_attention", "mlp"]
      : Array.from(pattern).map((one) => LETTERS[one]));
  const known = Object.values(LETTERS);
  if (names.length === 0 || !names.every((name) => known.includes(name)))
    c.fail(
      c.has(field) ? field : "hybrid_override_pattern",
      `must be made of ${c.has(field) ? known.join(", ") : Object.keys(LETTERS).join(", ")}`,
    );
  return names;
}
