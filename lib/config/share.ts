/** ⌈n · share⌉. Shares are decimal fractions that a double holds almost, so a product that lies within that rounding of an integer is
 *  taken for it: 10 · 0.9 is 9, and 10 · (0.1 + 0.2) is 3, though it computes as 3.0000000000000004. */
export function ceilShare(n: number, share: number): number {
  const product = n * share;
  const nearest = Math.round(product);
  return Math.abs(product - nearest) <= 4 * Number.EPSILON * product ? nearest : Math.ceil(product);
}
