/** The trained tensors of a model with their full names: for what goes by names, as quantization and adapters do, and for what each
 *  of them costs. */

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
  /** How many of them a token is multiplied by, one as often as it is: 0n for what is looked up, added or scaled by. */
  readonly uses: bigint;
  /** Whose tokens pass through it, as `per` of a part. */
  readonly per: "text" | "source" | "once";
  /** Of a routed expert: how many there are in a layer, and how many of them work on a token. */
  readonly choice: { readonly of: bigint; readonly work: bigint } | null;
}

/** What is the same for all that lies in a part. */
type Above = Omit<Tensor, "part" | "module" | "total"> & { readonly names: readonly string[] };

/** All trained tensors, from the first to the last. */
export function tensors(tree: Part): Tensor[] {
  const above: Above = { names: [], layers: 1n, copies: 1n, uses: 1n, per: "text", choice: null };
  return (tree.parts ?? []).flatMap((part) => walk(part, above));
}

function walk(part: Part, { names, ...above }: Above): Tensor[] {
  if (part.buffer) return [];
  const expert = part.name === "experts";
  const inner = {
    copies: above.copies * part.times.value,
    layers: expert ? above.layers : above.layers * part.times.value,
    per: part.per ?? above.per,
    choice: part.active.value < part.times.value ? { of: part.times.value, work: part.active.value } : above.choice,
  };
  const passes = above.uses * (part.uses ?? part.active).value;
  if (part.parts) {
    // "expert layers" and "layers" are one list in a checkpoint.
    const name = part.name.replace(/^.* layers$/, "layers");
    const counted = expert || part.times.value > 1n || LISTS.has(name);
    const own = { ...inner, uses: passes, names: [...names, counted ? `${name}.0` : name] };
    return part.parts.flatMap((child) => walk(child, own));
  }
  const module = [...names, part.name.replace(/\.weight$/, "")].join(".");
  const uses = part.uses || isMultiplied(part) ? passes : 0n;
  return [{ ...inner, part, module, uses, total: inner.copies * product(...(part.shape ?? [])).value }];
}

/** Rows and columns, and no table of embeddings or positions. */
const isMultiplied = ({ kind, shape = [] }: Part): boolean =>
  shape.length > 1 && kind !== "embedding" && kind !== "position";

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
