/** The learning rate of each contender: one rate for all would favor whoever it happens to suit, and the best one after few steps is not the
 *  best one at the end. */

/** From `first` the rate is doubled or halved for as long as the loss gets lower.
 *  @param lossAt Infinity where a training fell apart; null where it was not run, and then nothing more is asked
 *  @returns all rates that were tried, rising; `best` is null until the loss is known at the next rate on each side of it */
export async function descend(
  first: number,
  lossAt: (rate: number) => Promise<number | null>,
): Promise<{ best: number | null; tried: number[] }> {
  const losses = new Map<number, number>();
  const ask = async (rate: number): Promise<number | null> => {
    const loss = losses.get(rate) ?? (await lossAt(rate));
    if (loss !== null) losses.set(rate, loss);
    return loss;
  };
  const tried = () => [...losses.keys()].sort((a, b) => a - b);
  for (let best = first; ;) {
    const own = await ask(best);
    const sides: number[] = [];
    for (const rate of [2 * best, best / 2]) {
      const loss = own === null ? null : await ask(rate);
      if (loss === null) return { best: null, tried: tried() };
      if (loss < own!) sides.push(rate);
    }
    if (sides.length === 0) return { best, tried: tried() };
    best = sides[0];
  }
}

/** Of the rates that `descend` tried, the one with the lowest mean loss over all seeds: what suited the first seed may fall apart with
 *  another. Rates are asked in the order of the first seed's losses, until one that is not below the lowest mean so far.
 *  @param losses of the first seed, by rate
 *  @param meanAt the mean over all seeds, Infinity where a training fell apart; null where not all were run
 *  @returns null where a rate that may be better was not run with all seeds; the first one asked stands until it was */
export async function steadiest(
  losses: ReadonlyMap<number, number>,
  meanAt: (rate: number) => Promise<number | null>,
): Promise<number | null> {
  let [best, lowest]: [number | null, number] = [null, Infinity];
  for (const [rate, loss] of [...losses].sort((a, b) => a[1] - b[1])) {
    if (best !== null && loss >= lowest) break;
    const mean = await meanAt(rate);
    if (mean === null) return best === null ? rate : null;
    if (best === null || mean < lowest) [best, lowest] = [rate, mean];
  }
  return best;
}
