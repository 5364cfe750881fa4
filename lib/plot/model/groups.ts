/** What a part of a model is for, by its name, and the color of that: as in `parameterBars`. */

import { sum } from "d3";
import type { ColorName } from "../palette.js";
import type { Node } from "./tree.js";

export interface Group {
  readonly name: string;
  readonly color: ColorName;
}

/** The first that fits a name decides; names as transformers, PyTorch and this package have them. "gate_proj" is no router. */
const GROUPS: readonly (Group & { readonly of: RegExp })[] = [
  { name: "shared experts", color: "fourth", of: /shared[ _.]?expert/i },
  { name: "router", color: "fifth", of: /router|(^|[._ ])gate([._ ]weight)?$|tid2eid/i },
  { name: "norms and others", color: "fifth", of: /norm|^ln_?\w?$/i },
  { name: "attention", color: "third", of: /att(entio)?n|mamba|^mixer$|linear_attn|^ssm/i },
  { name: "experts", color: "moe", of: /expert/i },
  { name: "feed-forward", color: "dense", of: /mlp|ffn|feed[ _-]?forward|dense|moe/i },
  {
    name: "embeddings",
    color: "sixth",
    of: /embed|^(wte|wpe|tokens|positions?|head|lm_head|output_layer|unembedding)\b/i,
  },
];
const OTHER: Group = { name: "norms and others", color: "fifth" };

const find = (text: string): Group | undefined => GROUPS.find(({ of }) => of.test(text));
const innermost = (names: readonly string[]): Group | undefined =>
  names.reduce<Group | undefined>((outer, name) => find(name) ?? outer, undefined);
const ofKind = (kind: string | undefined): Group => (kind === undefined ? undefined : find(kind)) ?? OTHER;

/** @param names of the part and of those that it stands in, from the top  @param kind its class, asked last: an expert's is often an MLP */
export const groupOf = (names: readonly string[], kind?: string): Group => innermost(names) ?? ofKind(kind);

export interface GroupSum extends Group {
  readonly total: number;
  readonly active: number;
}

/** Each number counted once, in the group of the innermost part that has it; the largest group first. */
export function groupSums<Row>(
  tree: Node<Row>,
  kind: (row: Row | undefined) => string | undefined = () => undefined,
  above: readonly string[] = [],
): GroupSum[] {
  const sums = new Map<string, Group & { total: number; active: number }>();
  const walk = (node: Node<Row>, outer: Group | undefined): void => {
    const named = find(node.name) ?? outer;
    const total = node.total - sum(node.parts, (part) => part.total);
    if (total > node.total * 1e-9) {
      const group = named ?? ofKind(kind(node.row));
      let own = sums.get(group.name);
      if (!own) sums.set(group.name, (own = { ...group, total: 0, active: 0 }));
      own.total += total;
      own.active += Math.max(node.active - sum(node.parts, (part) => part.active), 0);
    }
    for (const part of node.parts) walk(part, named);
  };
  walk(tree, innermost(above));
  return [...sums.values()].sort((a, b) => b.total - a.total);
}
