import { groupedAttention } from "../../../pieces/attention.js";
import { swiglu } from "../../../pieces/feedForward.js";
import { uniform } from "../../../pieces/uniform.js";
import { group, layerNorm, repeat, weight } from "../../../part.js";

/** StableLM 2 and 3B: Llama with layer norms that have offsets. `use_parallel_residual` leaves one norm for both parts;
 *  `qk_layernorm` (StableLM 2 12B) gives each head's query and key factors of its own.
 *  Source: Bellagente et al. 2024, https://arxiv.org/abs/2402.17834; transformers' StableLmForCausalLM. */
export const stablelm = uniform(
  {
    vocab: 50304,
    hidden: 2560,
    inner: 6912,
    layers: 32,
    heads: 32,
    kvHeads: 32,
    headsDivide: true,
    ownHeadDim: false,
    tied: false,
  },
  (c, sizes) => {
    const { D, F, H, Hkv, K } = sizes;
    const norms = [
      repeat(group("q_layernorm.norms", weight("weight", "attention", K)), H),
      repeat(group("k_layernorm.norms", weight("weight", "attention", K)), Hkv),
    ];
    return {
      layer: [
        layerNorm("input_layernorm", D),
        groupedAttention(sizes, {
          bias: c.flag("use_qkv_bias", false),
          outputBias: false,
          more: c.flag("qk_layernorm", false) ? norms : [],
        }),
        c.flag("use_parallel_residual", false) ? [] : layerNorm("post_attention_layernorm", D),
        group("mlp", swiglu(D, F)),
      ],
      norm: layerNorm("norm", D),
    };
  },
);
