/** The tree as one expression: a sum of products, with what repeats in parentheses: V*D + L*(2*D*H*K + 3*D*F) + D. */

import type { Part } from "./part.js";
import { product, type Size, ZERO } from "./size.js";

/** @param what all parameters, or those that work on one token */
export function expression(part: Part, what: "total" | "active"): string {
  return joined(...collect(part, what));
}

/** The tensors that need no parentheses, as one sum, and the texts of the parts that do. */
function collect(part: Part, what: "total" | "active"): [Size, string[]] {
  let own = ZERO;
  const repeated: string[] = [];
  for (const inner of part.parts ?? []) {
    if (inner.buffer) continue;
    const times = what === "total" ? inner.times : inner.active;
    const [one, deeper] = inner.shape ? [product(...inner.shape), []] : collect(inner, what);
    const isOne = times.text === "1";
    if (deeper.length === 0 && (isOne || !one.isSum)) own = own.plus(times.times(one));
    else if (isOne) {
      own = own.plus(one);
      repeated.push(...deeper);
    } else repeated.push(`${times.isSum ? `(${times.text})` : times.text}*(${joined(one, deeper)})`);
  }
  return [own, repeated];
}

const joined = (own: Size, repeated: readonly string[]): string =>
  [...repeated, ...(own.text === "0" ? [] : [own.text])].join(" + ") || "0";
