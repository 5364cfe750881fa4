/** What the forward pass keeps for the backward pass. */

import { checkFlag, checkIntegers, checkWord } from "../../config/options.js";
import type { Account } from "../account.js";
import { type Kind, leaves, type Part } from "../part.js";
import { isLinear, isProjection } from "./tensors.js";

const KEEP = ["all", "no scores", "layer inputs"] as const;

export interface ActivationOptions {
  /** Length of a text, in tokens. */
  tokens: number;
  /** Texts in a batch. Default 1. */
  batch?: number;
  /** What is kept for the backward pass: everything; all but the attention scores (FlashAttention computes them again); or each
   *  layer's input alone (the layer is computed again). Default "no scores". */
  keep?: (typeof KEEP)[number];
  /** Masks of dropout after attention and after the feed-forward layer, a byte for each number of the residual, as in the source.
   *  Default true; false for a model that is trained without dropout, as most since 2022. */
  dropout?: boolean;
}

/** Bytes of activations in 16 bits, for B texts of T tokens, from the model's own matrices: each norm keeps what it reads, or between
 *  two matrices what it gives; an attention
 *  or feed-forward layer what it reads, what each of its matrices but the last gives, and what the last reads; a mixture that for each
 *  of the k experts that work, and what an expert is given and gives, as both are copies; 5·H·B·T² more for each layer with the
 *  scores. For GPT's layers 34·B·T·D bytes, as in the source; for Mixtral's 65·B·T·D. Not in it: embedding, head and logits,
 *  and the router's scores. What kernels store differs: an RMS norm in plain PyTorch keeps float32, an unfused SwiGLU keeps silu(gate),
 *  too, and a fused one may compute it again.
 *  Source: Korthikanti et al. 2022, §4.1, https://arxiv.org/abs/2205.05198 */
export function activationBytes(
  counted: Account,
  { tokens: T, batch: B = 1, keep = "no scores", dropout = true }: ActivationOptions,
): number {
  checkIntegers("activationBytes", { tokens: T, batch: B }, { from: 0 });
  checkWord("activationBytes", "keep", keep, KEEP);
  checkFlag("activationBytes", "dropout", dropout);
  const D = Number(counted.width);
  if (keep === "layer inputs") return counted.layers * 2 * B * T * D;
  const layers = (counted.tree.parts ?? []).filter((part) => leaves(part).some(isProjection));
  const row = layers.reduce((sum, part) => sum + keptBy(part, D, dropout), 0);
  if (keep === "no scores") return B * T * row;
  const heads = Number(counted.letters.find(({ letter }) => letter === "H")?.value ?? 0n);
  const states = counted.caches.reduce(
    (sum, { form, layers }) => sum + (form === "state" ? Number(layers.value) : 0),
    0,
  );
  return B * T * row + (counted.layers - states) * 5 * heads * B * T ** 2;
}

/** Bytes for one token, for all of a part. `inside`: the kind of the layer that the part lies in, whose input is counted. */
function keptBy(part: Part, D: number, dropout: boolean, inside?: Kind): number {
  const own = part.parts ?? [];
  const matrices = own.filter((part) => isProjection({ part }) || (part.kind === "router" && isLinear(part)));
  const norms = own.filter((norm) => isNorm(norm) && !isHeadNorm(norm));
  const kind = matrices[0]?.kind;
  const reads = kind !== undefined && kind !== inside && READS.has(kind);
  const numbers =
    norms.reduce((sum, norm) => sum + outputs(norm), 0) +
    between(matrices.filter((matrix) => matrix.kind !== "router")) +
    own.filter(isHeadNorm).reduce((sum, norm) => sum + normed(norm, matrices), 0) +
    (reads ? D : 0) +
    (kind === "expert" && part.name === "experts" ? ends(matrices) : 0);
  const mask = reads && dropout ? D : 0;
  const deeper = own
    .filter(({ parts }) => parts)
    .reduce((sum, inner) => sum + keptBy(inner, D, dropout, reads ? kind : inside), 0);
  return Number(part.active.value) * (2 * numbers + mask + deeper);
}

/** A layer of this kind reads the residual, and its output is added to it. A shared expert reads what the router reads. */
const READS = new Set<Kind>(["attention", "feed-forward", "router"]);

const outputs = ({ shape }: Part): number => Number(shape?.[0].value ?? 0n);
const inputs = ({ shape }: Part): number => Number(shape?.[1].value ?? 0n);

/** What all matrices but the last give, and what the last reads. */
function between(matrices: readonly Part[]): number {
  const last = matrices.at(-1);
  return last ? matrices.slice(0, -1).reduce((sum, matrix) => sum + outputs(matrix), inputs(last)) : 0;
}

/** What the first reads and the last gives. */
const ends = (matrices: readonly Part[]): number => inputs(matrices[0]) + outputs(matrices[matrices.length - 1]);

const isNorm = ({ name, shape }: Part): boolean =>
  /norm|ln_/i.test(name) && shape?.length === 1 && !name.endsWith("bias");

/** Queries and keys, normed by head: the norm keeps what it read, besides what attention reads. */
const isHeadNorm = ({ name, shape }: Part): boolean =>
  /^(q|k|query|key)_(layer)?norm/.test(name) && shape?.length === 1;
const normed = ({ name }: Part, matrices: readonly Part[]): number => {
  const matrix = matrices.find((other) => other.name.startsWith(`${name.split("_")[0]}_proj`));
  return matrix ? outputs(matrix) : 0;
};
