import type { Family } from "../../../architecture.js";
import { acrossSides } from "../../../pieces/attention.js";
import { layers, perHead } from "../../../pieces/decoder.js";
import { looks, sharedEmbedding, sparseIn } from "../../../pieces/encoderDecoder.js";
import { head } from "../../../pieces/heads.js";
import { mixture, mlp, router } from "../../../pieces/feedForward.js";
import { group, layerNorm, linear, type Part } from "../../../part.js";
import { type Size, TWO } from "../../../size.js";

/** NLLB-MoE: translation; every fourth layer of encoder and decoder has experts, of which 2 work; sinusoidal positions.
 *  Source: NLLB Team 2022, https://arxiv.org/abs/2207.04672; transformers' NllbMoeForConditionalGeneration. */
export const nllbMoe: Family = (c) => {
  const V = c.size("V", "vocab_size", 128112);
  const D = c.size("D", ["d_model", "hidden_size"], 1024);
  const Lenc = c.depth("L_enc", ["encoder_layers", "num_hidden_layers"], 12);
  const Ldec = c.depth("L_dec", "decoder_layers", 12);
  const H = c.size("H", ["decoder_attention_heads", "num_attention_heads"], 16);
  const E = c.size("E", "num_experts", 128);
  const bias = c.flag("router_bias", false);
  const widths = [c.size("F_enc", "encoder_ffn_dim", 4096), c.size("F_dec", "decoder_ffn_dim", 4096)] as const;
  const sparse = [sparseLayers("encoder_sparse_step", Lenc), sparseLayers("decoder_sparse_step", Ldec)] as const;
  if (E.value < 2n) c.fail("num_experts", `must be at least 2, as 2 work on a token, got ${E.value}`);

  const attention = (name: string): Part =>
    group(name, ...["k_proj", "v_proj", "q_proj", "out_proj"].map((part) => linear(part, "attention", D, D, true)));
  const side = (name: "encoder" | "decoder", all: Size, F: Size, withExperts: number): Part => {
    const kinds = sparseIn(c, name.slice(0, 3), all, withExperts);
    const experts = mixture(
      { E, k: TWO },
      {
        name: "ffn",
        router: router(E, D, "router.classifier", bias),
        expert: mlp(["fc1", "fc2"], D, F, true, "expert"),
      },
    );
    const whole = group(
      name,
      ...layers(
        "layers",
        all,
        attention("self_attn"),
        layerNorm("self_attn_layer_norm", D),
        name === "decoder"
          ? [acrossSides(attention("cross_attention")), ...layerNorm("cross_attention_layer_norm", D)]
          : [],
        layerNorm("ff_layer_norm", D),
      ),
      ...layers("dense layers", kinds.dense ?? all, group("ffn", mlp(["fc1", "fc2"], D, F, true))),
      ...(kinds.sparse === 0 ? [] : layers("expert layers", kinds.sparse, experts)),
      layerNorm("layer_norm", D),
    );
    return name === "decoder" ? whole : { ...whole, per: "source" };
  };
  const moeLayers = sparse[0] + sparse[1];
  const tied = c.flag("tie_word_embeddings", true);
  const { task, parts } = head(
    c,
    { Model: () => [], ConditionalGeneration: () => (tied ? [] : linear("lm_head", "head", V, D)) },
    "ConditionalGeneration",
  );
  return {
    parts: [
      ...sharedEmbedding(V, D, tied),
      side("encoder", Lenc, widths[0], sparse[0]),
      side("decoder", Ldec, widths[1], sparse[1]),
      ...parts,
    ],
    tied: tied && task !== "Model",
    layers: Number(Lenc.value + Ldec.value),
    moeLayers,
    experts: moeLayers > 0 ? { total: Number(E.value), topK: 2, shared: 0 } : { total: 0, topK: 0, shared: 0 },
    ...looks({ H, K: perHead(c, D, H) }, Lenc, Ldec),
    width: D,
  };

  function sparseLayers(field: string, L: Size): number {
    const step = c.number(field, 4);
    return step === 0 ? 0 : Math.floor(Number(L.value) / step);
  }
};
