/** Models as the files of Hugging Face. */

import { checkWord } from "../../../config/options.js";
import type { FloatFormat } from "../../../nn/state/halves.js";
import { saveSafetensors } from "../../../nn/state/safetensors.js";
import { show } from "../../../text/show.js";
import { Transformer } from "../../transformer.js";
import { Pretrained } from "../load.js";
import { tensorsFrom } from "../sources.js";
import { published } from "./twin.js";

export interface SavePretrainedOptions {
  /** Of the numbers in the file. Default "f32"; "f16" and "bf16" take half of the bytes, and round. */
  dtype?: FloatFormat;
}

/** Hugging Face's words for them. */
const dtypes: Readonly<Record<FloatFormat, string>> = { f32: "float32", f16: "float16", bf16: "bfloat16" };

/** The files of a Hugging Face folder, by name: config.json and model.safetensors. A twin is written as the architecture that it equals
 *  at evaluation: GPT-2 (layer norms, learned positions, no gate), Llama (RMS norms, rotary positions, gated), and in Llama's form with
 *  experts Mixtral, or Qwen2-MoE where experts are shared. A model of `loadPretrained` is written as what it was.
 *  Throws one sentence for a twin that equals none of them: its options that stand in the way, each with the nearest value that would do.
 *  @example
 *  const form = { normalization: "rmsNorm", positions: "rotary", gated: true } as const;
 *  const twin = transformer({ vocabSize: 5, blockSize: 8, nLayer: 1, nHead: 1, dModel: 4, ...form });
 *  const files = pretrainedFiles(twin, { dtype: "bf16" });
 *  Object.keys(files); // => ["config.json", "model.safetensors"]
 *  JSON.parse(new TextDecoder().decode(files["config.json"])).model_type; // => "llama" */
export function pretrainedFiles(
  model: Transformer | Pretrained,
  { dtype = "f32" }: SavePretrainedOptions = {},
): Record<"config.json" | "model.safetensors", Uint8Array> {
  checkWord("savePretrained", "dtype", dtype, Object.keys(dtypes));
  if (!(model instanceof Transformer || model instanceof Pretrained))
    throw new TypeError(
      `savePretrained: needs a model, such as transformer({ … }) or await loadPretrained(…), got ${show(model)}`,
    );
  const { config, model: parts, sources } = model instanceof Pretrained ? model : published(model);
  const { torch_dtype: _, ...rest } = config; // the old name of dtype
  return {
    "config.json": new TextEncoder().encode(textOf({ ...rest, dtype: dtypes[dtype] })),
    "model.safetensors": saveSafetensors(tensorsFrom(parts, sources), { format: "pt" }, { dtype }),
  };
}

/** Fields that transformers takes as a float alone: 0 is refused there, 0.0 is not. */
const FLOATS = [
  ...["rms_norm_eps", "layer_norm_epsilon", "initializer_range", "router_aux_loss_coef", "router_jitter_noise"],
  ...["routed_scaling_factor", "clip_qkv", "swiglu_alpha", "swiglu_limit"],
];

const textOf = (config: object): string =>
  `${JSON.stringify(config, null, 2)}\n`.replace(
    new RegExp(`^(  "(?:${FLOATS.join("|")})": -?\\d+)(?=,?$)`, "gm"),
    "$1.0",
  );

/** Writes `pretrainedFiles` into a folder, which is made where it is not there: transformers reads it by `from_pretrained(folder)`.
 *  @param folder a path; in Node alone
 *  @example
 *  const twin = transformer({ vocabSize: 5, blockSize: 8, nLayer: 1, nHead: 1, dModel: 4, select: "gshard", nExpert: 4 });
 *  await savePretrained(twin, "out").catch(({ message }) => message.split(";")[0]);
 *  // => "savePretrained: this twin equals no architecture of Hugging Face" */
export async function savePretrained(
  model: Transformer | Pretrained,
  folder: string,
  options: SavePretrainedOptions = {},
): Promise<void> {
  if (typeof folder !== "string" || folder === "")
    throw new TypeError(`savePretrained: needs the path of a folder, got ${show(folder)}`);
  const files = pretrainedFiles(model, options);
  if (typeof process === "undefined" || !("getBuiltinModule" in process))
    throw new Error(
      "savePretrained: only Node can write a folder: offer the files of pretrainedFiles(model) for download",
    );
  const fs = process.getBuiltinModule("node:fs/promises");
  const paths = process.getBuiltinModule("node:path");
  await fs.mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await fs.writeFile(paths.join(folder, name), bytes);
}
