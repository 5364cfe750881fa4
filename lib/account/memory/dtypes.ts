/** How many bytes weights take, by number format. */

import type { Account } from "../account.js";
import { type Kind, leaves } from "../part.js";

export const DTYPES = ["float32", "bfloat16", "float16", "fp8", "int8", "int4", "nf4"] as const;
export type Dtype = (typeof DTYPES)[number];

/** Bits of one number. The 4-bit formats keep a scale for each group of numbers besides:
 *  int4: float16 for 128 numbers, as GPTQ and AWQ have it. nf4: 8 bits for 64 numbers and float32 for 256 of those scales.
 *  Source: Dettmers et al. 2023 (QLoRA), §3, https://arxiv.org/abs/2305.14314 */
const BITS: Readonly<Record<Dtype, number>> = {
  float32: 32,
  bfloat16: 16,
  float16: 16,
  fp8: 8,
  int8: 8,
  int4: 4 + 16 / 128,
  nf4: 4 + 8 / 64 + 32 / (64 * 256),
};

/** Bytes of one number, its share of a scale included. */
export const bytesPerNumber = (dtype: Dtype): number => BITS[dtype] / 8;

/** What is stored with 4 bits: the matrices inside the layers. Embeddings, head, norms and routers stay at 16. */
const IN_FOUR_BITS = new Set<Kind>(["attention", "feed-forward", "expert", "shared expert"]);

/** Bytes of all weights. The 4-bit formats apply to the matrices inside the layers; the rest stays in bfloat16. */
export function weightBytes(counted: Account, dtype: Dtype): number {
  if (dtype !== "int4" && dtype !== "nf4") return Number(counted.total) * bytesPerNumber(dtype);
  return leaves(counted.tree)
    .filter(({ part }) => !part.buffer)
    .reduce((bytes, { part, total }) => {
      const small = IN_FOUR_BITS.has(part.kind ?? "other") && (part.shape?.length ?? 0) > 1;
      return bytes + Number(total) * bytesPerNumber(small ? dtype : "bfloat16");
    }, 0);
}

/** Bytes as decimal gigabytes, 10⁹: what vendors print on memory. (A gibibyte, 2³⁰, is 7 % more.) */
export const gigabytes = (bytes: number): number => bytes / 1e9;
