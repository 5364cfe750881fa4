/** The component tree: what a model is made of, with shapes and multiplicities. The count and the formula follow from it. */

import { ONE, product, type Size, sum, ZERO } from "./size.js";

/** What a parameter is for. Every one belongs to exactly one kind. Norms inside an
 *  attention layer (of queries and keys, of compressed rows) count as attention; Mamba, linear attention and convolutions, which
 *  take attention's place, count as attention too, but their norms as norms. */
export type Kind =
  | "embedding"
  | "position"
  | "head"
  | "attention"
  | "router"
  | "expert"
  | "shared expert"
  | "feed-forward"
  | "norm"
  | "other";

/** A component: one tensor with a shape, or several parts. */
export interface Part {
  /** As in transformers' checkpoints. */
  readonly name: string;
  /** How many there are. */
  readonly times: Size;
  /** How many of these work on one token: all, or of the experts the top k. */
  readonly active: Size;
  /** How often a token is multiplied by it, through all that work: default `active`; for a vector, an embedding or a position never.
   *  Differs where layers share a part, and where a table is looked up or added. */
  readonly uses?: Size;
  /** Whose tokens pass through it. Default those of the text that is read or written; "source": those of the text that an encoder
   *  reads for a decoder; "once": one for a whole text, as a head for classes. */
  readonly per?: "source" | "once";
  /** Of one tensor, output first. Exactly one of `shape` and `parts` is there. */
  readonly shape?: readonly Size[];
  readonly kind?: Kind;
  readonly parts?: readonly Part[];
  /** Where one matrix does the work of several: their names and how many of its rows each has. */
  readonly holds?: Readonly<Record<string, Size>>;
  /** A tensor that is saved but not trained, such as the routing bias of DeepSeek-V3: in the checkpoint, not in the count. */
  readonly buffer?: boolean;
}

/** A tensor that is trained. */
export const weight = (name: string, kind: Kind, ...shape: readonly Size[]): Part => ({
  name,
  kind,
  shape,
  times: ONE,
  active: ONE,
});

/** A tensor that is saved, but that no gradient reaches. */
export const buffer = (name: string, kind: Kind, ...shape: readonly Size[]): Part => ({
  ...weight(name, kind, ...shape),
  buffer: true,
});

/** A tensor with rows and columns that no token is multiplied by: rows are looked up, or numbers added or scaled one by one. */
export const table = (name: string, kind: Kind, ...shape: readonly Size[]): Part => ({
  ...weight(name, kind, ...shape),
  uses: ZERO,
});

/** y = x Wᵀ + b: weight [out, in] and, with a bias, [out]. */
export const linear = (name: string, kind: Kind, outputs: Size, inputs: Size, bias = false): Part[] => [
  weight(`${name}.weight`, kind, outputs, inputs),
  ...(bias ? [weight(`${name}.bias`, kind, outputs)] : []),
];

/** Several linear layers in one matrix, one under the other: q, k and v, for instance. */
export function fused(
  name: string,
  kind: Kind,
  holds: Readonly<Record<string, Size>>,
  inputs: Size,
  bias = false,
): Part[] {
  const [matrix, ...rest] = linear(name, kind, sum(Object.values(holds)), inputs, bias);
  return [{ ...matrix, holds }, ...rest];
}

/** A learned factor for each of D numbers. */
export const rmsNorm = (name: string, width: Size, kind: Kind = "norm"): Part[] => [
  weight(`${name}.weight`, kind, width),
];

/** A learned factor and offset for each of D numbers. */
export const layerNorm = (name: string, width: Size, bias = true): Part[] => [
  weight(`${name}.weight`, "norm", width),
  ...(bias ? [weight(`${name}.bias`, "norm", width)] : []),
];

/** Several parts under one name. */
export const group = (name: string, ...parts: readonly (Part | readonly Part[])[]): Part => ({
  name,
  parts: parts.flat(),
  times: ONE,
  active: ONE,
});

/** The same part several times. @param active how many of them work on one token; default all */
export const repeat = (part: Part, times: Size, active: Size = times): Part => ({ ...part, times, active });

/** The same part, through which a token passes as often as this. */
export const used = (part: Part, uses: Size): Part => ({ ...part, uses });

/** The same parts, through which only these tokens pass. */
export const passedBy = (per: "source" | "once", ...parts: readonly Part[]): Part[] =>
  parts.map((part) => ({ ...part, per }));

/** The parameters of one such part. */
export function sizeOfOne({ shape, parts, buffer }: Part): Size {
  if (buffer) return ZERO;
  return shape ? product(...shape) : sum((parts ?? []).map(sizeOf));
}

/** The parameters of all of them. */
export const sizeOf = (part: Part): Size => part.times.times(sizeOfOne(part));

/** A tensor of the tree with how many of it there are, all multiplicities above it included. */
export interface Leaf {
  readonly part: Part;
  readonly total: bigint;
  readonly active: bigint;
}

/** All tensors, from the first to the last. */
export function leaves(part: Part, total = 1n, active = 1n): Leaf[] {
  const [all, some] = [total * part.times.value, active * part.active.value];
  if (part.parts) return part.parts.flatMap((inner) => leaves(inner, all, some));
  const size = product(...(part.shape ?? [])).value;
  return [{ part, total: all * size, active: some * size }];
}
