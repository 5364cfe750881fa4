import { mlp } from "../../../pieces/feedForward.js";
import { uniform } from "../../../pieces/uniform.js";
import { fused, group, layerNorm, linear, weight } from "../../../part.js";

/** Persimmon: relu², biases everywhere but on the head, and a layer norm on each head's query and key.
 *  Source: Adept 2023, https://www.adept.ai/blog/persimmon-8b; transformers' PersimmonForCausalLM. */
export const persimmon = uniform(
  {
    vocab: 262144,
    hidden: 4096,
    inner: 16384,
    layers: 36,
    heads: 64,
    kvHeads: null,
    headsDivide: true,
    ownHeadDim: false,
    ownKvHeads: false,
    tied: false,
  },
  (c, { D, F, K }) => {
    const norms = ["q_layernorm", "k_layernorm"].flatMap((name) =>
      ["weight", "bias"].map((part) => weight(`${name}.${part}`, "attention", K)),
    );
    return {
      layer: [
        layerNorm("input_layernorm", D),
        group(
          "self_attn",
          fused("query_key_value", "attention", { q_proj: D, k_proj: D, v_proj: D }, D, true),
          linear("dense", "attention", D, D, true),
          c.flag("qk_layernorm", true) ? norms : [],
        ),
        layerNorm("post_attention_layernorm", D),
        group("mlp", mlp(["dense_h_to_4h", "dense_4h_to_h"], D, F, true)),
      ],
      norm: layerNorm("final_layernorm", D),
    };
  },
);
