import type { Family } from "../../architecture.js";
import { countTypes, decoder, layers } from "../../pieces/decoder.js";
import { latentAttention, latentCache, latentSizes } from "../../pieces/latentAttention.js";
import { expertLayers, smallExperts } from "../../pieces/smallExperts.js";
import { deltaProducts } from "../../pieces/state/gatedDelta.js";
import { group, linear, rmsNorm, weight } from "../../part.js";

/** Ling and Ring 2.5, the hybrids of Bailing: Kimi's delta attention in five layers of six, latent attention with a gate a head in
 *  the sixth, small experts with a shared one. The class ties nothing, whatever the config says.
 *  Source: Ant Group 2026, Ling 2.5 model card; transformers' BailingHybridForCausalLM. */
export const bailing: Family = (c) => {
  const V = c.size("V", "vocab_size", 157184);
  const D = c.size("D", "hidden_size", 2560);
  const F = c.size("F", "intermediate_size", 6144);
  const L = c.depth("L", "num_hidden_layers", 42);
  const H = c.size("H", "num_attention_heads", 32);
  const sizes = latentSizes(c, D, H, { kvRank: 512, queryRank: null, nope: 128, rope: 64, value: 128 });
  const mlp = smallExperts(
    c,
    { D, F },
    {
      kinds: expertLayers(c, L, c.number("first_k_dense_replace", 2), "first_k_dense_replace"),
      total: [["num_experts", "num_local_experts"], 512],
      topK: [["num_experts_per_token", "num_experts_per_tok"], 8],
      inner: 768,
      shared: [["num_shared_experts", "n_shared_experts"], 1],
    },
  );
  const step = c.number("layer_group_size", 6, { least: 1 });
  const full = countTypes(c, L, "full_attention", (i) => (i + 1) % step === 0);
  const La = c.derive("L_a", "layers with latent attention, from layer_types", full);
  const Ll = c.derive("L_l", "layers with linear attention, from layer_types", Number(L.value) - full);
  const Hl = c.sizeOr("H_l", "linear_num_heads", () => H);
  const Kl = c.size("K_l", ["linear_head_dim", "head_dim"], 128);
  const W = c.size("W", ["linear_conv_kernel_dim", "short_conv_kernel_size"], 4);
  const heads = Hl.times(Kl);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers("layers", L, rmsNorm("input_layernorm", D), rmsNorm("post_attention_layernorm", D)),
      ...layers(
        "attention layers",
        La,
        latentAttention(sizes, c.flag("attention_bias", false), linear("g_proj", "attention", H, D)),
      ),
      ...layers(
        "linear attention layers",
        Ll,
        group(
          "self_attn",
          ...["q_proj", "k_proj", "v_proj", "g_proj"].map((name) => linear(name, "attention", heads, D)),
          weight("conv1d.weight", "attention", heads.times(3), W),
          group(
            "forget_gate",
            linear("f_proj", "attention", heads, D),
            weight("dt_bias", "attention", heads),
            weight("A_log", "attention", Hl),
          ),
          linear("b_proj", "attention", Hl, D),
          rmsNorm("o_norm", Kl, "attention"),
          linear("o_proj", "attention", D, heads),
        ),
      ),
      ...mlp.layers,
    ],
    norm: rmsNorm("norm", D),
    tied: false,
    depth: L,
    moe: mlp.moe,
    caches: [
      latentCache(sizes, La),
      {
        form: "state",
        layers: Ll,
        numbers: heads.times(Kl).plus(heads.times(3).times(W)),
        window: null,
        products: deltaProducts(heads.times(Kl)),
      },
    ],
  });
};
