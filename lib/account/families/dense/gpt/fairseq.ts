/** Decoders that came from fairseq: OPT's layers with other names of fields. */

import type { Architecture, Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { groupedCache } from "../../../pieces/attention.js";
import { decoder, headsDivide, layers, perHead } from "../../../pieces/decoder.js";
import { mlp } from "../../../pieces/feedForward.js";
import { group, layerNorm, linear, type Part, weight } from "../../../part.js";
import { type Size, TWO } from "../../../size.js";

interface Sizes {
  V: Size;
  D: Size;
  L: Size;
  H: Size;
  F: Size;
}

const attention = (name: string, D: Size): Part =>
  group(name, ...["k_proj", "v_proj", "q_proj", "out_proj"].map((part) => linear(part, "attention", D, D, true)));

/** Attention and feed-forward with a layer norm before each, and biases everywhere. */
function preNorm(c: Fields, { V, D, L, H, F }: Sizes, cross: boolean, more: Part[]): Architecture {
  headsDivide(c, D, H);
  const looks = [attention("encoder_attn", D), ...layerNorm("encoder_attn_layer_norm", D)];
  return decoder(c, {
    V,
    D,
    more,
    layers: layers(
      "layers",
      L,
      attention("self_attn", D),
      layerNorm("self_attn_layer_norm", D),
      cross ? looks : [],
      mlp(["fc1", "fc2"], D, F, true),
      layerNorm("final_layer_norm", D),
    ),
    norm: layerNorm("layer_norm", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: [groupedCache({ H, Hkv: H, K: perHead(c, D, H) }, L)],
  });
}

/** BioGPT: learned positions, the first two of them unused.
 *  Source: Luo et al. 2022, https://arxiv.org/abs/2210.10341; transformers' BioGptForCausalLM. */
export const biogpt: Family = (c) => {
  const V = c.size("V", "vocab_size", 42384);
  const D = c.size("D", "hidden_size", 1024);
  const L = c.depth("L", "num_hidden_layers", 24);
  const H = c.size("H", "num_attention_heads", 16);
  const F = c.size("F", "intermediate_size", 4096);
  const T = c.size("T", "max_position_embeddings", 1024);
  return preNorm(c, { V, D, L, H, F }, false, [weight("embed_positions.weight", "position", T.plus(TWO), D)]);
};

/** XGLM: positions are sines, which have no parameters. With `add_cross_attention` each layer looks at an encoder's output, too.
 *  Source: Lin et al. 2021, https://arxiv.org/abs/2112.10668; transformers' XGLMForCausalLM. */
export const xglm: Family = (c) => {
  const V = c.size("V", "vocab_size", 256008);
  const D = c.size("D", ["d_model", "hidden_size"], 1024);
  const L = c.depth("L", ["num_layers", "num_hidden_layers"], 24);
  const H = c.size("H", ["attention_heads", "num_attention_heads"], 16);
  const F = c.size("F", "ffn_dim", 4096);
  return preNorm(c, { V, D, L, H, F }, c.flag("add_cross_attention", false), []);
};
