/** How many bytes weights take, by number format. */

import { checkWord } from "../../config/options.js";
import type { Account } from "../account.js";
import { isProjection, type Tensor, tensors } from "./tensors.js";

export const DTYPES = ["float32", "bfloat16", "float16", "fp8", "int8", "int4", "nf4", "mxfp4"] as const;
export type Dtype = (typeof DTYPES)[number];

/** Bits of one number. The 4-bit formats keep a scale for each group of numbers besides:
 *  int4: for 128 numbers a float16 and a zero point of 4 bits, as GPTQ and AWQ store them. nf4: 8 bits for 64 numbers and float32
 *  for 256 of those scales. mxfp4: 8 bits for 32 numbers.
 *  Sources: Dettmers et al. 2023 (QLoRA), §3, https://arxiv.org/abs/2305.14314; Open Compute Project 2023, Microscaling Formats
 *  (MX) Specification v1.0, §5.4; qweight, qzeros and scales in a checkpoint of AutoGPTQ or AutoAWQ. */
const BITS: Readonly<Record<Dtype, number>> = {
  float32: 32,
  bfloat16: 16,
  float16: 16,
  fp8: 8,
  int8: 8,
  int4: 4 + (16 + 4) / 128,
  nf4: 4 + 8 / 64 + 32 / (64 * 256),
  mxfp4: 4 + 8 / 32,
};

/** Other names of the formats, as configs and engines have them. */
const ALIASES = {
  fp32: "float32",
  f32: "float32",
  float: "float32",
  bf16: "bfloat16",
  fp16: "float16",
  f16: "float16",
  half: "float16",
  float8: "fp8",
  fp8_e4m3: "fp8",
  fp8_e5m2: "fp8",
  float8_e4m3fn: "fp8",
  float8_e5m2: "fp8",
} as const satisfies Record<string, Dtype>;
/** A format by one of its names. */
export type DtypeName = Dtype | keyof typeof ALIASES;

/** The format of that name, whatever its case and a "torch." before it.
 *  @param operation what a sentence names that refuses the word */
export function dtypeOf(operation: string, name: unknown): Dtype {
  const plain = typeof name === "string" ? name.toLowerCase().replace(/^torch\./, "") : name;
  const own =
    typeof plain === "string" && Object.hasOwn(ALIASES, plain) ? ALIASES[plain as keyof typeof ALIASES] : plain;
  if (!DTYPES.includes(own as Dtype)) checkWord(operation, "dtype", name, DTYPES);
  return own as Dtype;
}

/** Bytes of one number, its share of a scale included. */
export const bytesPerNumber = (dtype: DtypeName): number => BITS[dtypeOf("bytesPerNumber", dtype)] / 8;

/** Bytes of all weights in one format. The 4-bit formats apply to the matrices inside the layers; embeddings, head, norms and
 *  routers stay in bfloat16. mxfp4 applies, in a model that has experts, to their matrices alone, as in gpt-oss. What the config's
 *  own quantization makes of it: `shippedWeights`. */
export function weightBytes(counted: Account, dtype: DtypeName): number {
  const bytes = tensorBytes(counted, dtype);
  return tensors(counted.tree).reduce((sum, tensor) => sum + bytes(tensor), 0);
}

/** The same of one tensor, all its copies. */
export function tensorBytes(counted: Account, dtype: DtypeName): (tensor: Tensor) => number {
  const format = dtypeOf("weightBytes", dtype);
  const each = BITS[format] / 8;
  const all = format !== "int4" && format !== "nf4" && format !== "mxfp4";
  const experts = format === "mxfp4" && counted.moeLayers > 0;
  return (tensor) => {
    const small = all || (isProjection(tensor) && (!experts || tensor.part.kind === "expert"));
    return Number(tensor.total) * (small ? each : 2);
  };
}

/** Bytes as decimal gigabytes, 10⁹: what vendors print on memory. (A gibibyte, 2³⁰, is 7 % more.) */
export const gigabytes = (bytes: number): number => bytes / 1e9;
