import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fromCheckpoint } from "../../../lib/models/pretrained/index.js";
import { fromArray, noGrad } from "../../../lib/tensor/index.js";
import { configOf, names, tensorsOf } from "./files.js";

/** A field, its value, and transformers' logits of the last token; null where it refuses, or the tensors do not fit. */
type Changed = [field: string, value: unknown, logits: number[] | null];
interface Golden {
  text: number[];
  models: Record<string, { logits: number[]; same: [field: string, value: unknown][]; changed: Changed[] }>;
}
/** Made by test/golden/python/fields.py. */
const { text, models } = JSON.parse(
  readFileSync(new URL("../../golden/fields.json", import.meta.url), "utf8"),
) as Golden;

/** What transformers takes no notice of, and we refuse all the same: the code that came with the weights, or the words of the
 *  config, say that another model is meant. */
const REFUSED =
  /^(scoring_func|topk_method|moe_layer_freq|is_encoder_decoder|add_cross_attention|pruned_heads|num_key_value_heads|num_experts|num_local_experts|rope_parameters|rope_scaling|partial_rotary_factor|layer_types|tie_word_embeddings)$/;
/** gpt-oss has its own activation in transformers, whatever the config says. */
const isRefused = (name: string, field: string): boolean =>
  REFUSED.test(field) || (name === "gptoss" && field === "hidden_act");

/** What transformers refuses, and we do not: fields that no number follows from. */
const HARMLESS = /_token_id$|^(output_|use_cache|return_dict|chunk_size|problem_type|num_labels|summary_)/;

/** Where transformers 5.24 stumbles, and we do not: YaRN beside a head_dim of null, or without the original length (of which version 4
 *  says what it is), and a bound that is written as an integer. */
const stumbles = (name: string, field: string, value: unknown): boolean =>
  (field === "rope_parameters" &&
    (name === "mixtral-top1-right" || !("original_max_position_embeddings" in (value as object)))) ||
  (field === "clip_qkv" && Number.isInteger(value));

describe.each(names)("%s, one field of config.json changed,", (name) => {
  const [config, tensors] = [configOf(name), tensorsOf(name)];
  const { logits: plain, same, changed } = models[name];
  /** Ours, or the sentence. */
  const ours = (field: string, value: unknown): number[] | string => {
    try {
      const { model } = fromCheckpoint({ config: { ...config, [field]: value }, tensors });
      return noGrad(() => {
        const { logits } = model.forward(fromArray(text, [1, text.length], "int32"));
        return Array.from(logits.toTypedArray().slice(-plain.length));
      });
    } catch (thrown) {
      return (thrown as Error).message;
    }
  };
  const isClose = (a: readonly number[], b: readonly number[]): boolean =>
    a.length === b.length && a.every((x, i) => Math.abs(x - b[i]) < 1e-4);
  const said = (field: string, value: unknown): string => `${field}: ${JSON.stringify(value)}`;

  test("gives transformers' other logits, or is refused in one sentence", () => {
    const wrong = changed.flatMap(([field, value, wanted]) => {
      const got = ours(field, value);
      if (typeof got === "string")
        return /^(loadPretrained|fromCheckpoint|the model): [^\n]+$/.test(got) ? [] : [`${said(field, value)}: ${got}`];
      if (!wanted && stumbles(name, field, value)) return [];
      if (wanted ? isClose(got, wanted) : HARMLESS.test(field) && isClose(got, plain)) return [];
      return [`${said(field, value)} is ${wanted ? "another model in" : "refused by"} transformers, and loaded here`];
    });
    expect(wrong).toEqual([]);
  });

  test("changes nothing where it changes nothing in transformers", () => {
    const wrong = same.flatMap(([field, value]) => {
      const got = ours(field, value);
      if (typeof got === "string") return isRefused(name, field) ? [] : [`${said(field, value)}: ${got}`];
      return isClose(got, plain) ? [] : [`${said(field, value)} changes the logits`];
    });
    expect(wrong).toEqual([]);
  });

  test("both happen", () => {
    expect(same.length).toBeGreaterThan(10);
    expect(changed.filter(([, , logits]) => logits).length).toBeGreaterThan(3);
  });
});
