/** What a tree adds up to. */

import type { Account } from "./account.js";
import { type Kind, leaves, type Part, sizeOfOne } from "./part.js";

const KINDS: readonly Kind[] = [
  "embedding",
  "position",
  "attention",
  "feed-forward",
  "router",
  "expert",
  "shared expert",
  "norm",
  "other",
  "head",
];

type Counts = Pick<
  Account,
  | "total"
  | "active"
  | "activeWithoutInputEmbedding"
  | "activeWithoutEmbeddings"
  | "totalWithoutEmbeddings"
  | "byKind"
  | "activeByKind"
  | "oneExpert"
  | "buffers"
>;

/** Trained parameters, and how many of them work on a token. */
export function countsOf(tree: Part, tied: boolean): Counts {
  const all = leaves(tree);
  const trained = all.filter(({ part }) => !part.buffer);
  const saved = all.filter(({ part }) => part.buffer);
  const add = (pick: "total" | "active"): Record<Kind, bigint> => {
    const sums = Object.fromEntries(KINDS.map((kind) => [kind, 0n])) as Record<Kind, bigint>;
    for (const leaf of trained) sums[leaf.part.kind ?? "other"] += leaf[pick];
    return sums;
  };
  const [byKind, activeByKind] = [add("total"), add("active")];
  const [total, active] = [byKind, activeByKind].map((sums) => Object.values(sums).reduce((a, b) => a + b, 0n));
  const { embedding, head } = byKind;
  return {
    total,
    active,
    activeWithoutInputEmbedding: tied ? active : active - embedding,
    activeWithoutEmbeddings: active - embedding - head,
    totalWithoutEmbeddings: total - embedding - head,
    byKind,
    activeByKind,
    oneExpert: oneExpert(tree),
    buffers: {
      total: saved.reduce((sum, leaf) => sum + leaf.total, 0n),
      names: [...new Set(saved.map(({ part }) => part.name))],
    },
  };
}

/** The first part of the tree that holds experts: each of them has as many parameters. */
function oneExpert(part: Part): bigint {
  if (part.name === "experts") return sizeOfOne(part).value;
  return part.parts?.reduce((found, inner) => found || oneExpert(inner), 0n) ?? 0n;
}
