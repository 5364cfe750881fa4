import type { Family } from "../../architecture.js";
import { groupedAttention } from "../../pieces/attention.js";
import {
  countTypes,
  decoder,
  decoderSizes,
  expertCounts,
  layers,
  slidingCaches,
  slidingWindow,
} from "../../pieces/decoder.js";
import { graniteExperts, graniteShared } from "../../pieces/granite.js";
import { rmsNorm, weight } from "../../part.js";

interface Kind {
  /** A gated layer beside the experts, where the config gives its width. */
  shared?: boolean;
  /** Three layers of four look at a window of tokens, and heads have a score that no token belongs to. */
  sliding?: boolean;
}

const withParts =
  ({ shared = false, sliding = false }: Kind): Family =>
  (c) => {
    const sizes = decoderSizes(c, { vocab: 32000, hidden: 4096, inner: 11008, layers: 32, heads: 32, kvHeads: null });
    const { V, D, F, L, H } = sizes;
    const experts = expertCounts(c, ["num_local_experts", 8], ["num_experts_per_tok", 2]);
    const beside = shared ? graniteShared(c, D, 0) : { width: 0, parts: [] };
    const windowed = sliding ? countTypes(c, L, "sliding_attention", (i) => i % 4 !== 0) : 0;
    return decoder(c, {
      V,
      D,
      layers: layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, {
          bias: c.flag("attention_bias", false),
          more: sliding ? [weight("sinks", "attention", H)] : [],
        }),
        rmsNorm("post_attention_layernorm", D),
        graniteExperts(experts, D, F),
        beside.parts,
      ),
      norm: rmsNorm("norm", D),
      tied: c.flag("tie_word_embeddings", false),
      depth: L,
      moe: { layers: L, experts, shared: beside.width > 0 ? 1 : 0 },
      caches: slidingCaches(sizes, windowed, slidingWindow(c, 128)),
    });
  };

/** Granite MoE (IBM): Llama with experts in every layer.
 *  Source: Granite Team 2024, Granite 3.0 language models; transformers' GraniteMoeForCausalLM. */
export const graniteMoe = withParts({});

/** The same with a shared layer. Source: transformers' GraniteMoeSharedForCausalLM. */
export const graniteMoeShared = withParts({ shared: true });

/** The same with windows and sinks. Source: transformers' GraniteMoeSWAForCausalLM. */
export const graniteMoeSwa = withParts({ shared: true, sliding: true });
