import type { Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { groupedCache, type GroupedSizes } from "../../../pieces/attention.js";
import { decoder, layers } from "../../../pieces/decoder.js";
import { mamba2, mambaState } from "../../../pieces/state/mamba2.js";
import { fused, group, linear, rmsNorm, used } from "../../../part.js";
import type { Size } from "../../../size.js";

/** Zamba 2: Mamba 2 in every layer, and before some of them a transformer block that reads the embedding, too. There are few such
 *  blocks, used in turn; each use has a low-rank adapter of its own.
 *  Source: Glorioso et al. 2024, https://arxiv.org/abs/2411.15242; transformers' Zamba2ForCausalLM. */
export const zamba2: Family = (c) => {
  const V = c.size("V", "vocab_size", 32000);
  const D = c.size("D", "hidden_size", 2560);
  const L = c.depth("L", "num_hidden_layers", 54);
  const H = c.size("H", "num_attention_heads", 32);
  const Hkv = c.sizeOr("H_kv", "num_key_value_heads", () => H);
  const F = c.sizeOr("F", "intermediate_size", () => D.times(4));
  const R = c.size("R", "adapter_rank", 128);
  const wide = c.sizeOr("D_w", "attention_hidden_size", () => D.times(2));
  const K = c.sizeOr("K", ["attention_head_dim", "head_dim"], () =>
    c.derive("K", "2 * hidden_size / heads", Number((D.value * 2n) / H.value)),
  );
  const hybrid = hybridLayers(c, L);
  const tied = c.flag("tie_word_embeddings", true);
  const different = c.number("num_mem_blocks", 1, { least: 1 });
  // Untied, the class gives each use a block of its own, with adapters for all uses of the block that it would have been.
  const uses = Array.from({ length: different }, (_, block) => Math.max(0, Math.ceil((hybrid - block) / different)));
  const Lh = c.derive("L_h", "layers with a block before them, from layers_block_type", hybrid);
  const B = c.derive("B", "blocks, from num_mem_blocks", tied ? Math.min(different, hybrid) : hybrid);
  const A = c.derive("A", "adapters, one for each use of a block", tied ? hybrid : uses.reduce((a, n) => a + n * n, 0));

  const bias = c.flag("add_bias_linear", false);
  const mamba = {
    D,
    M: c.size("M_x", "mamba_expand", 2).times(D),
    H: c.size("H_m", "n_mamba_heads", 8),
    G: c.size("G", "mamba_ngroups", 1),
    N: c.size("N", "mamba_d_state", 64),
    W: c.size("W", "mamba_d_conv", 4),
  };
  const adapter = (name: string, kind: "attention" | "feed-forward", outputs: Size, inputs: Size) => [
    ...linear(`${name}.0`, kind, R, inputs),
    ...linear(`${name}.1`, kind, outputs, R),
  ];
  const inAttention = c.flag("use_shared_attention_adapter", false) ? ["q", "k", "v"] : [];
  const sizes = { D: wide, H, Hkv, K };
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers("layers", L, rmsNorm("input_layernorm", D), mamba2(mamba, { convBias: true, bias })),
      ...layers("layers with a block", Lh, linear("linear", "other", D, D)),
      ...layers(
        "shared_transformer",
        B,
        rmsNorm("input_layernorm", wide),
        group("self_attn", projections(sizes, D)),
        rmsNorm("pre_ff_layernorm", D),
        group(
          "feed_forward",
          fused("gate_up_proj", "feed-forward", { gate_proj: F, up_proj: F }, D, bias),
          linear("down_proj", "feed-forward", D, F, bias),
        ),
      ).map((part) => used(part, Lh)),
      ...layers(
        "adapters",
        A,
        adapter("gate_up_proj_adapter_list", "feed-forward", F.times(2), D),
        ...inAttention.map((name) => adapter(`linear_${name}_adapter_list`, "attention", wide, wide)),
      ).map((part) => used(part, Lh)),
    ],
    norm: rmsNorm("final_layernorm", D),
    tied,
    depth: L,
    caches: [groupedCache(sizes, Lh), mambaState(mamba, L)],
  });
};

/** q, k and v from the wide input, o to the width of the model. */
const projections = ({ D: wide, H, Hkv, K }: GroupedSizes, D: Size) => [
  ...linear("q_proj", "attention", H.times(K), wide),
  ...linear("k_proj", "attention", Hkv.times(K), wide),
  ...linear("v_proj", "attention", Hkv.times(K), wide),
  ...linear("o_proj", "attention", D, H.times(K)),
];

function hybridLayers(c: Fields, L: Size): number {
  const all = Number(L.value);
  const types = c.words(["layers_block_type", "layer_types"]);
  if (!types && all !== 54)
    c.fail("layers_block_type", `is missing, and transformers' default is for 54 layers, not for ${all}`);
  if (types && types.length !== all)
    c.fail("layers_block_type", `must name each of the ${all} layers, got ${types.length}`);
  return types?.filter((type) => type === "hybrid").length ?? 9;
}
