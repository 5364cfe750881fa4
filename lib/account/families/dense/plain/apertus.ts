import type { Fields } from "../../../config/fields.js";
import { groupedAttention } from "../../../pieces/attention.js";
import type { DecoderSizes } from "../../../pieces/decoder.js";
import { mlp } from "../../../pieces/feedForward.js";
import { uniform, type UniformParts } from "../../../pieces/uniform.js";
import { buffer, group, rmsNorm, weight } from "../../../part.js";
import { ONE } from "../../../size.js";

function parts(c: Fields, sizes: DecoderSizes): UniformParts {
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
}

const SIZES = { hidden: 4096, inner: 14336, layers: 32, heads: 32, kvHeads: null, tied: false };

/** Apertus: an RMS norm on each head's query and key; its activation xIELU has two learned numbers in each layer.
 *  Source: Swiss AI 2025, https://arxiv.org/abs/2509.14233; transformers' ApertusForCausalLM. */
export const apertus = uniform({ ...SIZES, vocab: 131072 }, parts);

/** The language model of Apertus 1.5, whose head may score fewer words than the embedding has.
 *  Source: transformers' Apertus1p5ForCausalLM. */
export const apertus15 = uniform({ ...SIZES, vocab: 266752 }, (c, sizes) => {
  if (c.has("output_vocab_size")) c.fail("output_vocab_size", "is another vocabulary, which is not counted here");
  return parts(c, sizes);
});
