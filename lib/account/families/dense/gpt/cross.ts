import type { Fields } from "../../../config/fields.js";
import { acrossSides } from "../../../pieces/attention.js";
import { fused, group, layerNorm, linear, type Part } from "../../../part.js";
import type { Size } from "../../../size.js";

/** With `add_cross_attention`, a second attention in each layer that looks at an encoder's output, as in GPT-2's class. */
export const crossAttention = (c: Fields, D: Size): Part[] =>
  c.flag("add_cross_attention", false)
    ? [
        acrossSides(
          group(
            "crossattention",
            fused("c_attn", "attention", { k_proj: D, v_proj: D }, D, true),
            linear("q_attn", "attention", D, D, true),
            linear("c_proj", "attention", D, D, true),
          ),
        ),
        ...layerNorm("ln_cross_attn", D),
      ]
    : [];
