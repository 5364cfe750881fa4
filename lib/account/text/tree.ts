/** The component tree as rows, from the top down. */

import type { Account } from "../account.js";
import { type Part, sizeOfOne } from "../part.js";

export interface CountedRow {
  /** 0 for the model itself. */
  readonly depth: number;
  readonly name: string;
  /** In letters and in numbers: "[H*K, D]" and "[4096, 4096]"; empty for what is no tensor. */
  readonly shape: string;
  readonly sizes: string;
  /** How many of it there are in the part above, and how many of them work on a token. */
  readonly times: bigint;
  readonly activeTimes: bigint;
  /** Parameters of one of them. */
  readonly each: bigint;
  /** Of all of them, everywhere in the model. */
  readonly total: bigint;
  readonly active: bigint;
  /** Saved but not trained: counts nothing. */
  readonly buffer: boolean;
}

export const partRows = (counted: Account): CountedRow[] => walk(counted.tree, 0, 1n, 1n);

function walk(part: Part, depth: number, above: bigint, activeAbove: bigint): CountedRow[] {
  const { shape, times, active, buffer = false } = part;
  const [all, some] = [above * times.value, activeAbove * active.value];
  const inner = (part.parts ?? []).map((child) => walk(child, depth + 1, all, some));
  const each = sizeOfOne(part).value;
  // Of a part that is not all active, only what its own parts add up to.
  const works = shape ? each * some : inner.reduce((sum, [child]) => sum + child.active, 0n);
  const row: CountedRow = {
    depth,
    name: part.name,
    shape: shape ? `[${shape.map(({ text }) => text).join(", ")}]` : "",
    sizes: shape ? `[${shape.map(({ value }) => value).join(", ")}]` : "",
    times: times.value,
    activeTimes: active.value,
    each,
    total: each * all,
    active: works,
    buffer,
  };
  return [row, ...inner.flat()];
}
