import type { Family } from "../../../architecture.js";
import { groupedCache } from "../../../pieces/attention.js";
import { decoder, headsDivide, layers, perHead } from "../../../pieces/decoder.js";
import { mlp } from "../../../pieces/feedForward.js";
import { group, layerNorm, linear, type Part, weight } from "../../../part.js";
import { TWO } from "../../../size.js";

/** OPT: learned positions, the first two of them unused. In OPT-350M the embedding is narrower than the layers
 *  (`word_embed_proj_dim`), and the norms come after each part, so that there is no last one.
 *  Source: Zhang et al. 2022, https://arxiv.org/abs/2205.01068; transformers' OPTForCausalLM. */
export const opt: Family = (c) => {
  const V = c.size("V", "vocab_size", 50272);
  const D = c.size("D", "hidden_size", 768);
  const L = c.depth("L", "num_hidden_layers", 12);
  const F = c.size("F", "ffn_dim", 3072);
  const H = c.size("H", "num_attention_heads", 12);
  const T = c.size("T", "max_position_embeddings", 2048);
  const W = c.sizeOr("W", "word_embed_proj_dim", () => D);
  headsDivide(c, D, H);
  const bias = c.flag("enable_bias", true);
  const affine = c.flag("layer_norm_elementwise_affine", true);
  const norm = (name: string): Part[] => (affine ? layerNorm(name, D) : []);
  const last = c.flag("do_layer_norm_before", true) && !c.flag("_remove_final_layer_norm", false);
  const narrow = W.value !== D.value;
  const architecture = decoder(c, {
    V,
    D: W,
    more: [
      weight("embed_positions.weight", "position", T.plus(TWO), D),
      ...(narrow ? [...linear("project_out", "other", W, D), ...linear("project_in", "other", D, W)] : []),
    ],
    layers: layers(
      "layers",
      L,
      group(
        "self_attn",
        ...["k_proj", "v_proj", "q_proj", "out_proj"].map((name) => linear(name, "attention", D, D, bias)),
      ),
      norm("self_attn_layer_norm"),
      mlp(["fc1", "fc2"], D, F, bias),
      norm("final_layer_norm"),
    ),
    norm: last ? norm("final_layer_norm") : [],
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: [groupedCache({ H, Hkv: H, K: perHead(c, D, H) }, L)],
  });
  return { ...architecture, width: D };
};
