/** Files that are often given in place of a config.json: what they are, and what to give instead. */

import { named } from "../text/show.js";
import type { Config } from "../account/config/fields.js";

const WEIGHTS = "give the config.json that lies beside it";

/** What a file's first bytes say that it is, going on after its name; null for text. */
export function otherBytes(bytes: Uint8Array): string | null {
  const head = String.fromCharCode(...bytes.subarray(0, 400));
  if (head.startsWith("GGUF"))
    return "holds weights (GGUF), no config: give the config.json of the model that it was made from";
  if (head[8] === "{" && bytes.subarray(5, 8).every((byte) => byte === 0))
    return `holds weights (safetensors), no config: ${WEIGHTS}`;
  if (head.startsWith("PK\x03\x04") || (bytes[0] === 0x80 && bytes[1] <= 5))
    return `holds weights (PyTorch) or an archive, no config: ${WEIGHTS}`;
  if (head.startsWith("\x89HDF")) return `holds weights (HDF5), no config: ${WEIGHTS}`;
  if (head.startsWith("\xff\xfe") || head.startsWith("\xfe\xff"))
    return "is text in UTF-16: save it in UTF-8, as JSON is";
  if (head.startsWith("version https://git-lfs"))
    return "is a pointer of Git LFS, not the file itself: git lfs pull fetches that";
  if (/^\s*<(!doctype|html)/i.test(head))
    return "is a web page, no config: of the hub, take the address with /resolve/ in place of /blob/";
  if (bytes.includes(0)) return "is no text: it has bytes that no JSON has";
  return null;
}

/** A file by the fields that give it away. A config has `model_type` or sizes beside them. */
const OTHERS: readonly { readonly is: string; readonly fields: readonly (readonly string[])[] }[] = [
  { is: "is an adapter_config, of LoRA or another adapter", fields: [["peft_type"]] },
  { is: "is an index of weight files", fields: [["weight_map"]] },
  {
    is: "is a params.json, in the form of Meta's and Mistral's own code",
    fields: [
      ["dim", "n_layers"],
      ["dim", "n_heads"],
    ],
  },
  {
    is: "is a tokenizer_config",
    fields: [["tokenizer_class"], ["added_tokens_decoder"], ["chat_template"]],
  },
  { is: "is a tokenizer.json", fields: [["added_tokens", "model"], ["pre_tokenizer"]] },
  {
    is: "is a special_tokens_map",
    fields: [
      ["eos_token", "bos_token"],
      ["unk_token", "pad_token"],
    ],
  },
  {
    is: "is a preprocessor_config, of images or sound",
    fields: [["image_processor_type"], ["feature_extractor_type"], ["processor_class"]],
  },
  { is: "is the index of a diffusion pipeline", fields: [["_class_name"]] },
  { is: "is a quantize_config, of the quantization alone", fields: [["bits", "group_size"], ["quant_method"]] },
  {
    is: "is a generation_config, of how text is written",
    fields: [["_from_model_config"], ["eos_token_id"], ["do_sample"], ["temperature"], ["max_new_tokens"]],
  },
];

/** What an object is that is no config, going on after the file's name; null for what may be one. */
export function otherJson(config: Config): string | null {
  const has = (field: string): boolean => Object.hasOwn(config, field);
  if (SIZES.some(has)) return null;
  const other = OTHERS.find(({ fields }) => fields.some((all) => all.every(has)));
  if (!other) return null;
  const base = config.base_model_name_or_path;
  const of = typeof base === "string" && other.is.includes("adapter") ? `, here of ${named(base)}` : "";
  return `${other.is}, no config: give the model's config.json${of}`;
}

/** Fields of which a config has at least one. */
const SIZES = [
  "model_type",
  "architectures",
  "text_config",
  "llm_config",
  "language_config",
  "thinker_config",
  "hidden_size",
  "num_hidden_layers",
  "n_embd",
  "n_layer",
  "d_model",
];
