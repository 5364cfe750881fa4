/** The trained tensors of a model with their full names, for what goes by names: quantization and adapters. */

import { type Kind, type Part } from "../part.js";
import { product } from "../size.js";

export interface Tensor {
  readonly part: Part;
  /** As a module is called in a checkpoint, of the first layer and the first expert: "layers.0.mlp.experts.0.gate_proj". */
  readonly module: string;
  /** How many layers have it; experts do not multiply this. */
  readonly layers: bigint;
  /** How many there are, in all layers and experts. */
  readonly copies: bigint;
  /** Parameters of all of them. */
  readonly total: bigint;
}

/** All trained tensors, from the first to the last. */
export const tensors = (tree: Part): Tensor[] => (tree.parts ?? []).flatMap((part) => walk(part, [], 1n, 1n));

function walk(part: Part, above: readonly string[], layers: bigint, copies: bigint): Tensor[] {
  if (part.buffer) return [];
  const all = copies * part.times.value;
  const expert = part.name === "experts";
  const inLayers = expert ? layers : layers * part.times.value;
  if (part.parts) {
    // "expert layers" and "layers" are one list in a checkpoint.
    const name = part.name.replace(/^.* layers$/, "layers");
    const counted = expert || part.times.value > 1n || LISTS.has(name);
    return part.parts.flatMap((inner) => walk(inner, [...above, counted ? `${name}.0` : name], inLayers, all));
  }
  const module = [...above, part.name.replace(/\.weight$/, "")].join(".");
  return [{ part, module, layers: inLayers, copies: all, total: all * product(...(part.shape ?? [])).value }];
}

const LISTS = new Set(["layers", "layer", "h", "blocks", "block"]);

/** The matrices inside the layers, by which numbers are multiplied. Embeddings, head, norms and routers are none of them. */
const KINDS = new Set<Kind>(["attention", "feed-forward", "expert", "shared expert"]);
/** Matrices by their shape, but no linear layers: convolutions, the decay of a state, tables of offsets. */
const NO_LINEAR = /conv|A_log|relative_attention_bias/;

export function isProjection({ part }: Pick<Tensor, "part">): boolean {
  const [rows] = part.shape ?? [];
  return KINDS.has(part.kind ?? "other") && isLinear(part) && rows.value > 1n;
}

/** A matrix [out, in]. */
export const isLinear = ({ shape, name, buffer }: Part): boolean =>
  shape?.length === 2 && !buffer && !NO_LINEAR.test(name);
