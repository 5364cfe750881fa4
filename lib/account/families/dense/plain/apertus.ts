import { groupedAttention } from "../../../pieces/attention.js";
import { mlp } from "../../../pieces/feedForward.js";
import { uniform } from "../../../pieces/uniform.js";
import { buffer, group, rmsNorm, weight } from "../../../part.js";
import { ONE } from "../../../size.js";

/** Apertus: an RMS norm on each head's query and key; its activation xIELU has two learned numbers in each layer.
 *  Source: Swiss AI 2025, https://arxiv.org/abs/2509.14233; transformers' ApertusForCausalLM. */
export const apertus = uniform(
  { vocab: 131072, hidden: 4096, inner: 14336, layers: 32, heads: 32, kvHeads: null, tied: false },
  (c, sizes) => {
    const { D, F } = sizes;
    const learned = [
      ...["alpha_p", "alpha_n"].map((name) => weight(name, "feed-forward", ONE)),
      ...["beta", "eps"].map((name) => buffer(name, "feed-forward")),
    ];
    return {
      layer: [
        rmsNorm("attention_layernorm", D),
        groupedAttention(sizes, { bias: c.flag("attention_bias", false), qkNorm: "head" }),
        rmsNorm("feedforward_layernorm", D),
        group(
          "mlp",
          mlp(["up_proj", "down_proj"], D, F, false),
          c.word("hidden_act", "xielu") === "xielu" ? group("act_fn", learned) : [],
        ),
      ],
    };
  },
);
