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

/** @param names of the part and of those that it stands in, from the top  @param kind its class, asked last: an expert's is often an MLP */
export function groupOf(names: readonly string[], kind?: string): Group {
  const find = (text: string): Group | undefined => GROUPS.find(({ of }) => of.test(text));
  for (const name of [...names].reverse()) {
    const own = find(name);
    if (own) return own;
  }
  return (kind === undefined ? undefined : find(kind)) ?? OTHER;
}

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
  const sums = new Map<string, GroupSum>();
  const walk = (node: Node<Row>, above: readonly string[]): void => {
    const names = [...above, node.name];
    const own = (of: "total" | "active"): number => node[of] - sum(node.parts, (part) => part[of]);
    if (own("total") > node.total * 1e-9) {
      const group = groupOf(names, kind(node.row));
      const before = sums.get(group.name) ?? { ...group, total: 0, active: 0 };
      sums.set(group.name, {
        ...before,
        total: before.total + own("total"),
        active: before.active + Math.max(own("active"), 0),
      });
    }
    for (const part of node.parts) walk(part, names);
  };
  walk(tree, above);
  return [...sums.values()].sort((a, b) => b.total - a.total);
}
