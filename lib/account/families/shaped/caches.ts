/** Which layers keep all tokens and which a window, as a config says it. */

import type { Cache } from "../../architecture.js";
import type { Fields } from "../../config/fields.js";
import { groupedCache } from "../../pieces/attention.js";
import { Size } from "../../size.js";
import type { ShapeSizes } from "./sizes.js";

type Sliding = (layer: number, c: Fields) => boolean;

/** transformers' defaults of a type. */
export interface Windows {
  /** Tokens in the window; null: no window. */
  size: number | null;
  /** Its field, where it is another one. */
  field?: string;
  /** Where layer_types is left out: which layers look at the window. Default all. */
  sliding?: Sliding;
}

/** Every n-th layer looks at all tokens, the others at the window. */
export const allButEvery =
  (n: number): Sliding =>
  (layer, c) =>
    (layer + 1) % Math.max(1, c.number(["sliding_window_pattern", "_sliding_window_pattern"], n)) !== 0;

const WINDOWED = ["sliding_attention", "chunked_attention"];

export function windows(c: Fields, sizes: ShapeSizes, facts: Windows = { size: null }): Cache[] {
  const { size, field: own = "sliding_window", sliding = () => true } = facts;
  const all = Number(sizes.L.value);
  const given = c.words("layer_types");
  if (given && given.length !== all) c.fail("layer_types", `must name each of the ${all} layers, got ${given.length}`);
  const field = [own, "attention_chunk_size"];
  const on = c.flag("use_sliding_window", true);
  const window = !on ? null : c.has(field) ? c.number(field, 0) || null : c.isNull(own) ? null : size;
  const count = Array.from({ length: all }, (_, i) => i).filter((i) =>
    given ? WINDOWED.includes(given[i]) : sliding(i, c),
  ).length;
  if (window === null || count === 0) return [groupedCache(sizes, sizes.L)];
  if (count === all) return [groupedCache(sizes, sizes.L, window)];
  return [groupedCache(sizes, Size.of(all - count)), groupedCache(sizes, Size.of(count), window)];
}
