import { groupedAttention } from "../../../pieces/attention.js";
import { mlp } from "../../../pieces/feedForward.js";
import { uniform } from "../../../pieces/uniform.js";
import { group, layerNorm, type Part, weight } from "../../../part.js";
import type { Size } from "../../../size.js";

/** A layer norm over one head, which counts as attention. */
const headNorm = (name: string, K: Size): Part[] => [
  weight(`${name}.weight`, "attention", K),
  weight(`${name}.bias`, "attention", K),
];

/** Phi-1, 1.5 and 2: attention and feed-forward side by side after one norm; biases everywhere, on the head, too.
 *  Source: Li et al. 2023, https://arxiv.org/abs/2309.05463; transformers' PhiForCausalLM. */
export const phi = uniform(
  { vocab: 51200, hidden: 2048, inner: 8192, layers: 24, heads: 32, kvHeads: null, tied: false },
  (c, sizes) => {
    const { D, F, K } = sizes;
    const norms = [...headNorm("q_layernorm", K), ...headNorm("k_layernorm", K)];
    return {
      layer: [
        layerNorm("input_layernorm", D),
        groupedAttention(sizes, {
          bias: true,
          outputName: "dense",
          more: c.flag("qk_layernorm", false) ? norms : [],
        }),
        group("mlp", mlp(["fc1", "fc2"], D, F, true)),
      ],
      norm: layerNorm("final_layernorm", D),
      headBias: true,
    };
  },
);
