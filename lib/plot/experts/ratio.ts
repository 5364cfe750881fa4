/** log₂ of counted against expected tokens: 1 is twice as many. Half a token more on both sides keeps small counts from shouting, and
 *  gives a pair without tokens a number. */
export function logRatio(count: number, expected: number): number {
  const ratio = Math.log2((count + 0.5) / (expected + 0.5));
  return Math.abs(ratio) < 1e-9 ? 0 : ratio; // of rounding
}
