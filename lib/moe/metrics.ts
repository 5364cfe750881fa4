/** How even a load is, as one number. `load` is any list of counts or shares, one per expert. */

const total = (load: readonly number[]): number => load.reduce((a, b) => a + b, 0);

/** Coefficient of variation: standard deviation / mean (dividing by E). 0 when even, √(E − 1) when one expert takes all. */
export function loadCV(load: readonly number[]): number {
  const mean = total(load) / load.length;
  if (!(mean > 0)) return 0;
  return Math.sqrt(load.reduce((sum, x) => sum + (x - mean) ** 2, 0) / load.length) / mean;
}

/** e to the entropy of the load: how many equally busy experts would be as spread out. E when even, 1 when one takes all. */
export function effectiveExperts(load: readonly number[]): number {
  const sum = total(load);
  if (!(sum > 0)) return 0;
  return Math.exp(-load.reduce((h, x) => (x > 0 ? h + (x / sum) * Math.log(x / sum) : h), 0));
}
