/** Who runs in the crossover lab: dense models of four sizes and mixtures of three, at three widths, with three seeds. */

import { mobyDick } from "../../../lib/data/index.js";
import type { CrossoverModel } from "../../../lib/notebook/crossover/index.js";
import type { TrainOptions } from "../../../lib/train/index.js";

export const WIDTHS = [32, 64, 128] as const;
export const SEEDS = [1, 2, 3] as const;
export const EXPERTS = [4, 8, 16] as const;
/** Feed-forward widths of the dense models as multiples of 4 D. A mixture of E experts, two per token, each half as wide as that, has
 *  the active parameters of 1 and the total of E / 2. */
export const SIZES = [1, 2, 4, 8] as const;
export const READ_AT = [500, 1000, 2000] as const;

/** 2,000 steps of 512 characters are less than one pass over the text: nothing is seen twice, so nothing can be learned by heart. */
export const PLAN = { steps: 2000, batchSize: 16, warmup: 100, evalEvery: 125, evalBlocks: 512 } as const;
/** The first learning rate that is tried (rates.ts), and that of the probe. */
export const START = 2e-3;

/** Who is compared. */
export const CONTENDERS: readonly CrossoverModel[] = WIDTHS.flatMap((width) => [
  ...SIZES.map((size): CrossoverModel => ({ contender: "dense", width, size })),
  ...EXPERTS.map((size): CrossoverModel => ({ contender: "MoE", width, size })),
]);

export interface Run extends CrossoverModel {
  readonly seed: number;
}

export const nameOf = ({ contender, width, size, seed }: Run): string => `${contender} D${width} x${size} seed ${seed}`;

/** The cheap ones first, with all seeds; of one width first those that a map cannot do without. */
export const RUNS: readonly Run[] = WIDTHS.flatMap((width) =>
  SEEDS.flatMap((seed): Run[] => {
    const dense = (size: number): Run => ({ contender: "dense", width, size, seed });
    const moe = EXPERTS.map((size): Run => ({ contender: "MoE", width, size, seed }));
    return [dense(1), dense(2), ...moe, dense(4), dense(8)];
  }),
);

export const corpus = mobyDick;

/** The rate stays the same after the warm-up: a run that is read early is one that ended there.
 *  @param lr what rates.ts found best for this contender */
export const planOf = ({ seed }: Run, lr: number): TrainOptions => ({ ...PLAN, lr, minLr: lr, seed });
