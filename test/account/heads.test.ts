import { describe, expect, it } from "vitest";
import { account } from "../../lib/account/index.js";
import { rows } from "./rows.js";

const llama = { model_type: "llama", vocab_size: 100, hidden_size: 8, num_attention_heads: 2, num_hidden_layers: 1 };
const t5 = { model_type: "t5", vocab_size: 32128, d_model: 768, d_ff: 2048, num_layers: 12, num_heads: 12 };

describe("what stands on top follows from the class's name", () => {
  const above = (architecture: string, more: object = {}): bigint =>
    account({ ...llama, ...more, architectures: [architecture] }).total -
    account({ ...llama, ...more, architectures: ["LlamaModel"] }).total;

  it("a decoder: V·D for words, C·D for classes of texts, (D + 1)·C for those of tokens, 2·(D + 1) for answers", () => {
    expect(above("LlamaForCausalLM")).toBe(800n);
    expect(above("LlamaForCausalLM", { tie_word_embeddings: true })).toBe(0n);
    expect(above("LlamaForSequenceClassification", { num_labels: 5 })).toBe(40n);
    expect(above("LlamaForTokenClassification", { num_labels: 5 })).toBe(45n);
    expect(above("LlamaForQuestionAnswering", { num_labels: 5 })).toBe(18n);
  });

  it("as many classes as id2label names, whatever num_labels says; two where neither is there", () => {
    const id2label = { 0: "a", 1: "b", 2: "c" };
    expect(above("LlamaForSequenceClassification", { id2label, num_labels: 7 })).toBe(24n);
    expect(above("LlamaForSequenceClassification", { id2label: null })).toBe(16n);
  });

  it("GPT-2 with two heads: the embedding again for words, and a score", () => {
    const counts = ["GPT2LMHeadModel", "GPT2DoubleHeadsModel"].map((name) =>
      account({ model_type: "gpt2", architectures: [name] }),
    );
    expect(counts[1].total - counts[0].total).toBe(769n);
    expect(counts[1].notes).toEqual(counts[0].notes);
  });
});

it.each(["SequenceClassification", "TokenClassification"])(
  "every family reads the number of classes for a head for %s, or says that it knows no such head",
  (task) => {
    for (const { config } of rows) {
      const counted = account({ ...config, architectures: [`SomeFor${task}`], num_labels: 3 });
      const reads = counted.letters.some(({ field }) => field === "num_labels");
      const says = counted.notes.some((note) => note.includes(`SomeFor${task}`));
      expect(reads || says, JSON.stringify(config)).toBe(true);
    }
  },
);

describe("T5 1.1 and Flan-T5, whose configs say that the head is not tied", () => {
  const own = { ...t5, feed_forward_proj: "gated-gelu", tie_word_embeddings: false };

  it("are counted with the head that their checkpoints have, and a note on transformers' class", () => {
    // The checkpoints of T5 1.1 base and of Flan-T5 base and small.
    expect(account(own).total).toBe(247_577_856n);
    expect(account({ ...own, d_model: 512, d_ff: 1024, num_layers: 8, num_heads: 6 }).total).toBe(76_961_152n);
    expect(account(own)).toMatchObject({ tied: false });
    expect(account(own).notes[0]).toMatch(
      /^the head is counted as a table of its own, as tie_word_embeddings is false in /,
    );
  });

  it("have no head, and no note on it, where the class has none", () => {
    const encoder = account({ ...own, architectures: ["T5EncoderModel"] });
    expect(encoder.byKind.head).toBe(0n);
    expect(encoder.notes.join()).not.toMatch(/head/);
    expect(account(t5).tied).toBe(true);
  });
});

describe("published sizes", () => {
  const roberta = { vocab_size: 50265, max_position_embeddings: 514, type_vocab_size: 1 };
  const nine = { hidden_size: 768, intermediate_size: 3072, num_hidden_layers: 12, num_attention_heads: 12 };
  it.each([
    ["RoBERTa base", 124_697_433n, { model_type: "roberta", architectures: ["RobertaForMaskedLM"], ...roberta }],
    [
      "XLM-RoBERTa base",
      278_295_186n,
      { model_type: "xlm-roberta", architectures: ["XLMRobertaForMaskedLM"], ...roberta, vocab_size: 250002 },
    ],
    ["ALBERT base v2", 11_221_680n, { model_type: "albert", architectures: ["AlbertForMaskedLM"], ...nine }],
    [
      "ELECTRA base",
      109_483_009n,
      { model_type: "electra", architectures: ["ElectraForPreTraining"], ...nine, embedding_size: 768 },
    ],
    ["ModernBERT base", 149_655_232n, { model_type: "modernbert", architectures: ["ModernBertForMaskedLM"] }],
    [
      "DeBERTa v3 base",
      183_831_552n,
      {
        model_type: "deberta-v2",
        ...nine,
        relative_attention: true,
        position_buckets: 256,
        norm_rel_ebd: "layer_norm",
        share_att_key: true,
        pos_att_type: "p2c|c2p",
        position_biased_input: false,
      },
    ],
    ["Whisper tiny", 37_760_640n, { model_type: "whisper" }],
    [
      "Whisper large v3",
      1_543_490_560n,
      {
        model_type: "whisper",
        d_model: 1280,
        encoder_layers: 32,
        decoder_layers: 32,
        encoder_attention_heads: 20,
        decoder_attention_heads: 20,
        encoder_ffn_dim: 5120,
        decoder_ffn_dim: 5120,
        num_mel_bins: 128,
        vocab_size: 51866,
      },
    ],
  ])("%s", (_, total, config) => {
    expect(account(config).total).toBe(total);
  });
});
