/** The formats in which checkpoints are quantized: how many bytes a matrix takes with its scales, and which matrices it applies to. */

import type { Config } from "../config/fields.js";
import { Fields } from "../config/fields.js";
import { named } from "../../text/show.js";

export interface Format {
  /** As a word: "fp8", "int4". */
  readonly name: string;
  /** Bytes of a matrix [outputs, inputs] with all that is stored beside it. */
  readonly bytes: (outputs: number, inputs: number) => number;
  /** Modules that it leaves alone. */
  readonly kept: readonly string[];
  /** Modules that it is for; null for all linear layers. */
  readonly only: readonly string[] | null;
  /** Only the matrices of experts. */
  readonly experts: boolean;
  /** The head is quantized, too, unless it is kept. */
  readonly head: boolean;
}

/** What a format is made of where nothing else is said. */
const PLAIN = { kept: [], only: null, experts: false, head: false } as const;

/** One format of `quantization_config`, or a sentence that says why not.
 *  @param file what sentences about the config call it */
export function formatOf(quantization: Config, file: string): Format | string {
  const c = new Fields(quantization, file, "quantization_config.");
  const method = c.word("quant_method", "").toLowerCase();
  if (!Object.hasOwn(METHODS, method))
    return `${file}: the quantization_config is of a kind that is not known here (${named(method) || "no quant_method"}), so what the model weighs as shipped is not computed`;
  return METHODS[method](c);
}

type Method = (c: Fields) => Format | string;

const groupsIn = (inputs: number, group: number): number => (group > 0 ? Math.ceil(inputs / group) : 1);
/** A group size; -1 stands for one group a row. */
const groupSize = (c: Fields, name: string | readonly string[], otherwise: number): number =>
  [name].flat().some((key) => c.values[key] === -1) ? -1 : c.number(name, otherwise);

/** GPTQ: packed numbers, and for each group a float16 and a packed zero point, symmetric or not; an int32 for each input says its
 *  group. Source: the buffers of AutoGPTQ's and GPTQModel's linear layers. */
const gptq: Method = (c) => {
  const bits = c.number("bits", 4, { least: 1 });
  const group = groupSize(c, "group_size", 128);
  return {
    ...PLAIN,
    name: `int${bits}`,
    bytes: (outputs, inputs) =>
      (outputs * inputs * bits) / 8 + outputs * groupsIn(inputs, group) * (2 + bits / 8) + 4 * inputs,
    kept: c.words("modules_to_not_convert") ?? [],
    head: c.flag("lm_head", false),
  };
};

/** AWQ: packed numbers, and for each group a float16 and, with zero_point, a packed zero point.
 *  Source: the buffers of AutoAWQ's linear layers. */
const awq: Method = (c) => {
  const bits = c.number(["bits", "w_bit"], 4, { least: 1 });
  const group = groupSize(c, ["group_size", "q_group_size"], 128);
  const zero = c.flag("zero_point", true) ? bits / 8 : 0;
  return {
    ...PLAIN,
    name: `int${bits}`,
    bytes: (outputs, inputs) => (outputs * inputs * bits) / 8 + outputs * groupsIn(inputs, group) * (2 + zero),
    kept: c.words("modules_to_not_convert") ?? [],
  };
};

/** MXFP4, of experts: 32 numbers of 4 bits share a scale of 8. Source: OpenAI 2025, https://arxiv.org/abs/2508.10925, §2.1 */
const mxfp4: Method = (c) => ({
  ...PLAIN,
  name: "mxfp4",
  bytes: (outputs, inputs) => outputs * Math.ceil(inputs / 32) * 17,
  kept: c.words("modules_to_not_convert") ?? [],
  experts: true,
});

/** FP8: a float32 scale for each block, [128, 128] in DeepSeek-V3, or one for the matrix.
 *  Source: DeepSeek-AI 2024, https://arxiv.org/abs/2412.19437, §3.3 */
const fp8: Method = (c) => {
  const [rows, columns] = c.wholes("weight_block_size") ?? [0, 0];
  return {
    ...PLAIN,
    name: "fp8",
    bytes: (outputs, inputs) => outputs * inputs + 4 * blocks(outputs, rows) * blocks(inputs, columns),
    kept: c.words(["modules_to_not_convert", "ignored_layers"]) ?? [],
  };
};
const blocks = (size: number, block: number | undefined): number => (block ? Math.ceil(size / block) : 1);

/** bitsandbytes: 8 bits with a float32 for each row, or 4 bits with a scale for 64 numbers: 8 bits and float32 for 256 of those, or
 *  float32. Source: Dettmers et al. 2023 (QLoRA), §3, https://arxiv.org/abs/2305.14314 */
const bitsandbytes: Method = (c) => {
  const kept = c.words("llm_int8_skip_modules") ?? [];
  if (c.flag(["load_in_8bit", "_load_in_8bit"], false))
    return { ...PLAIN, name: "int8", bytes: (outputs, inputs) => outputs * inputs + 4 * outputs, kept };
  const scale = c.flag("bnb_4bit_use_double_quant", false) ? 1 + 4 / 256 : 4;
  return {
    ...PLAIN,
    name: c.word("bnb_4bit_quant_type", "fp4"),
    bytes: (outputs, inputs) => (outputs * inputs) / 2 + Math.ceil((outputs * inputs) / 64) * scale,
    kept,
  };
};

/** compressed-tensors (llm-compressor): `config_groups` say bits and shape of the groups; scales have 16 bits, or 8 for 16 numbers of
 *  NVFP4. Source: its documentation of QuantizationArgs, https://github.com/vllm-project/compressed-tensors */
const compressedTensors: Method = (c) => {
  const groups = c.section("config_groups");
  const names = Object.keys(groups.values);
  if (names.length !== 1)
    return `${c.file}: quantization_config.config_groups has ${names.length} groups, and what the model weighs as shipped is computed for one`;
  const group = groups.section(names[0]);
  const weights = group.section("weights");
  const bits = weights.number("num_bits", 8, { least: 1 });
  const float = weights.word("type", "int") === "float";
  const strategy = weights.word("strategy", "tensor");
  const size = groupSize(weights, "group_size", 128);
  const [rows, columns] = weights.wholes("block_structure") ?? [0, 0];
  const nvfp4 = float && bits === 4;
  const zero = weights.flag("symmetric", true) ? 0 : bits / 8;
  const scales = (outputs: number, inputs: number): number =>
    strategy === "tensor"
      ? 1
      : strategy === "channel"
        ? outputs
        : strategy === "block"
          ? blocks(outputs, rows) * blocks(inputs, columns)
          : outputs * groupsIn(inputs, size);
  const targets = group.words("targets") ?? ["Linear"];
  return {
    ...PLAIN,
    name: float ? (nvfp4 ? "nvfp4" : `fp${bits}`) : `int${bits}`,
    bytes: (outputs, inputs) =>
      (outputs * inputs * bits) / 8 + scales(outputs, inputs) * ((nvfp4 ? 1 : 2) + zero) + (nvfp4 ? 4 : 0),
    kept: c.words("ignore") ?? [],
    only: targets.includes("Linear") ? null : targets,
    head: true,
  };
};

/** NVIDIA's Model Optimizer: FP8 with a scale for the matrix and one for its inputs, or NVFP4, where 16 numbers share 8 bits.
 *  Source: NVIDIA 2025, Introducing NVFP4; hf_quant_config.json of its checkpoints. */
const modelopt: Method = (c) => {
  const inner = c.has("quantization") ? c.section("quantization") : c;
  const algorithm = inner.word("quant_algo", "").toUpperCase();
  const kept = inner.words(["ignore", "exclude_modules"]) ?? [];
  if (algorithm === "FP8")
    return { ...PLAIN, name: "fp8", bytes: (outputs, inputs) => outputs * inputs + 8, kept, head: true };
  if (algorithm === "NVFP4")
    return {
      ...PLAIN,
      name: "nvfp4",
      bytes: (outputs, inputs) => (outputs * inputs) / 2 + outputs * Math.ceil(inputs / 16) + 8,
      kept,
      head: true,
    };
  return `${c.file}: quantization_config.quant_algo must be FP8 or NVFP4 for the weight as shipped, got ${named(algorithm) || "none"}`;
};

const METHODS: Readonly<Record<string, Method>> = {
  gptq,
  awq,
  mxfp4,
  fp8,
  bitsandbytes,
  "compressed-tensors": compressedTensors,
  modelopt,
};
