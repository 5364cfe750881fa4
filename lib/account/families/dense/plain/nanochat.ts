import { groupedAttention } from "../../../pieces/attention.js";
import { mlp } from "../../../pieces/feedForward.js";
import { uniform } from "../../../pieces/uniform.js";
import { group } from "../../../part.js";

/** nanochat: relu², and norms without parameters.
 *  Source: Karpathy 2025, https://github.com/karpathy/nanochat; transformers' NanoChatForCausalLM. */
export const nanochat = uniform(
  { vocab: 50304, hidden: 768, inner: 8192, layers: 12, heads: 6, kvHeads: null, tied: false },
  (c, sizes) => ({
    layer: [
      groupedAttention(sizes, { bias: c.flag("attention_bias", false) }),
      group("mlp", mlp(["fc1", "fc2"], sizes.D, sizes.F, false)),
    ],
    norm: [],
  }),
);
