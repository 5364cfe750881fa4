/** The frame of BART and of what grew from it: an encoder and a decoder whose attention has offsets, around one embedding. */

import type { Architecture } from "../architecture.js";
import type { Fields } from "../config/fields.js";
import { buffer, group, layerNorm, linear, type Part, weight } from "../part.js";
import { ONE, type Size, TWO } from "../size.js";
import { acrossSides } from "./attention.js";
import { headsDivide, layers, perHead } from "./decoder.js";
import { looks } from "./encoderDecoder.js";
import { mlp } from "./feedForward.js";
import { deepClassifier, head, type Heads } from "./heads.js";

export interface Seq2SeqSizes {
  V: Size;
  D: Size;
  Lenc: Size;
  Ldec: Size;
  /** Heads of the decoder. */
  H: Size;
  Fenc: Size;
  Fdec: Size;
}

/** The fields of BART's kin. */
export function seq2seqSizes(
  c: Fields,
  d: { vocab: number; width: number; encoder: SideDefaults; decoder: SideDefaults },
): Seq2SeqSizes {
  const D = c.size("D", ["d_model", "hidden_size"], d.width);
  const H = c.size("H", "decoder_attention_heads", d.decoder.heads);
  const ofEncoder = ["encoder_attention_heads", "num_attention_heads"];
  for (const [name, heads] of [
    ["decoder_attention_heads", H],
    [ofEncoder, c.size("H_enc", ofEncoder, d.encoder.heads)],
  ] as const)
    headsDivide(c, D, heads, name);
  return {
    V: c.size("V", "vocab_size", d.vocab),
    D,
    H,
    Lenc: c.depth("L_enc", ["encoder_layers", "num_hidden_layers"], d.encoder.layers),
    Ldec: c.depth("L_dec", "decoder_layers", d.decoder.layers),
    Fenc: c.size("F_enc", "encoder_ffn_dim", d.encoder.inner),
    Fdec: c.size("F_dec", "decoder_ffn_dim", d.decoder.inner),
  };
}

export interface SideDefaults {
  layers: number;
  inner: number;
  heads: number;
}

/** q, k, v and the output, each [D, D]. @param keyBias false: the keys have no offset */
export const offsetAttention = (name: string, D: Size, keyBias = true): Part =>
  group(
    name,
    ...["k_proj", "v_proj", "q_proj", "out_proj"].map((part) =>
      linear(part, "attention", D, D, keyBias || part !== "k_proj"),
    ),
  );

export interface SideParts {
  /** What comes before the layers. */
  before: readonly Part[];
  all: Size;
  F: Size;
  /** The decoder looks at the encoder's output, too. */
  cross: boolean;
  /** A last norm. */
  after: boolean;
  keyBias?: boolean;
}

/** One side: attention and feed-forward with a norm each. */
export function side(name: string, D: Size, { before, all, F, cross, after, keyBias }: SideParts): Part {
  const whole = group(
    name,
    before,
    ...layers(
      "layers",
      all,
      offsetAttention("self_attn", D, keyBias),
      layerNorm("self_attn_layer_norm", D),
      cross
        ? [acrossSides(offsetAttention("encoder_attn", D, keyBias)), ...layerNorm("encoder_attn_layer_norm", D)]
        : [],
      mlp(["fc1", "fc2"], D, F, true),
      layerNorm("final_layer_norm", D),
    ),
    after ? layerNorm("layer_norm", D) : [],
  );
  return cross ? whole : { ...whole, per: "source" };
}

export interface SidesParts {
  sizes: Seq2SeqSizes;
  encoder: Part;
  decoder: Part;
  tied: boolean;
  /** The tables of words of the whole model; of the decoder alone it is always one. */
  tables: readonly Part[];
  /** Rows of the decoder's own table and of the head, where the decoder has other words. Default V. */
  Vdec?: Size;
  Vhead?: Size;
  /** An offset for each word that is saved but not trained. */
  wordBias: boolean;
  /** Heads besides those for writing, as parts beside both sides. */
  more?: Heads;
  /** Classes of the encoder alone. */
  ofEncoder?: Heads;
}

/** Both sides and the head of the config's class; "CausalLM" is the decoder alone. */
export function bothSides(c: Fields, model: SidesParts): Architecture {
  const {
    sizes,
    encoder,
    decoder,
    tied,
    tables,
    Vdec = sizes.V,
    Vhead = sizes.V,
    wordBias,
    more = {},
    ofEncoder = {},
  } = model;
  const { D, H, Lenc, Ldec } = sizes;
  const body = [...tables, encoder, decoder];
  const words = (V: Size): Part[] => (tied ? [] : linear("lm_head", "head", V, D));
  const writes = (): Part[] => [
    ...body,
    ...words(Vhead),
    ...(wordBias ? [buffer("final_logits_bias", "head", ONE, Vhead)] : []),
  ];
  const alone = Object.fromEntries(
    Object.entries(ofEncoder).map(([name, make]) => [name, () => [encoder, ...make()]] as const),
  );
  const { task, parts } = head(
    c,
    {
      ...Object.fromEntries(Object.entries(more).map(([name, make]) => [name, () => [...body, ...make()]] as const)),
      ...alone,
      Model: () => body,
      ConditionalGeneration: writes,
      MTModel: writes,
      CausalLM: () => [weight("decoder.embed_tokens.weight", "embedding", Vdec, D), decoder, ...words(sizes.V)],
    },
    "ConditionalGeneration",
  );
  const only = task === "CausalLM" ? "decoder" : Object.hasOwn(ofEncoder, task) ? "encoder" : "both";
  const depth = { encoder: Lenc.value, decoder: Ldec.value, both: Lenc.value + Ldec.value }[only];
  return {
    parts,
    tied: tied && ["ConditionalGeneration", "MTModel", "CausalLM"].includes(task),
    layers: Number(depth),
    moeLayers: 0,
    experts: { total: 0, topK: 0, shared: 0 },
    ...looks({ H, K: perHead(c, D, H) }, only === "decoder" ? null : Lenc, only === "encoder" ? null : Ldec),
    width: D,
  };
}

/** BART's heads for a whole text and for passages of it. @param classes how many, where the config names none */
export const textHeads = (c: Fields, D: Size, classes?: number): Heads => ({
  SequenceClassification: () => deepClassifier(c, D, { name: "classification_head", classes }),
  // BART's class asks for two, whatever the config says.
  QuestionAnswering: () => linear("qa_outputs", "other", TWO, D, true),
});
