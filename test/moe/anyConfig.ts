/** Router configs at random, over all options: what every router must do is tested with these. */

import fc from "fast-check";
import { selections } from "../../lib/config/router/selections.js";
import { routerDefaults, routerProblem, type RouterConfig, type Select } from "../../lib/moe/index.js";

export const selects = Object.keys(selections) as Select[];
/** Those that a `MoE` layer takes; Soft MoE is a layer of its own. */
export const routed = { select: selects.filter((select) => select !== "soft") };

/** One value of each kind for each option; those that are left out have their default. */
const values: { readonly [Name in keyof RouterConfig]: readonly RouterConfig[Name][] } = {
  select: selects,
  topK: [1, 2, 3],
  renormalize: [true, false, "kept"],
  score: ["softmax", "sigmoid", "sqrtSoftplus", "cosine"],
  temperature: [0.07, 1],
  ties: ["first", "spread"],
  noise: ["none", "normal", "learned", "jitter", "gumbel"],
  noiseScale: [0.5],
  balance: [
    0,
    0.02,
    { switch: 1, gshard: 1, importance: 1, z: 1 },
    { sequence: 1 },
    { load: 1 },
    { bias: 0.01 },
    { quantile: 0.5 },
  ],
  expertDropout: [0, 0.3],
  capacityFactor: [null, 0.5, 1, 1.1],
  evalCapacityFactor: ["same", null, 0.75],
  minCapacity: [1, 2],
  capacityPer: ["batch", "sequence"],
  queue: ["position", "probability", "random"],
  order: ["slotMajor", "tokenMajor"],
  overflow: ["dropless", "drop", "nextBest"],
  nSharedExpert: [0, 1, 2],
  nNullExpert: [0, 1, 3],
  nullExpert: ["identity", "zero"],
  dLatent: [null, 1, 3],
  scale: [1, 2.5],
  straightThrough: [false, true],
  routerBias: [false, true],
  nGroup: [1, 2],
  topKGroup: [1, 2],
  groupScore: ["max", "top2"],
  topP: [0.4, 0.9],
  secondExpert: ["all", "random", "threshold"],
  nSlot: [1, 3],
};

/** Anything that a router of `nExpert` experts may be told. Most combinations of all options make no sense together: so a config
 *  grows option by option, and each value that would not make sense is left out.
 *  @param select default: any  @param fixed what all of them have */
export function anyConfig(
  nExpert: number,
  { select = selects, fixed = {} }: { select?: readonly Select[]; fixed?: Partial<RouterConfig> } = {},
): fc.Arbitrary<Partial<RouterConfig>> {
  const makesSense = (config: Partial<RouterConfig>): boolean =>
    routerProblem(routerDefaults(config, nExpert), nExpert) === null;
  const names = (Object.keys(values) as (keyof RouterConfig)[]).filter((name) => name !== "select");
  const choices = fc.tuple(
    ...names.map((name) => fc.option(fc.constantFrom(...(values[name] as unknown[])), { freq: 2 })),
  );
  const orders = fc.shuffledSubarray(names, { minLength: names.length });
  const possible = select.filter((name) => makesSense({ ...fixed, select: name }));
  return fc.record({ select: fc.constantFrom(...possible), choices, orders }).map((drawn) => {
    let config: Partial<RouterConfig> = { ...fixed, select: drawn.select };
    for (const name of drawn.orders) {
      const value = drawn.choices[names.indexOf(name)];
      if (value === null || name in fixed) continue;
      const more = { ...config, [name]: value };
      if (makesSense(more)) config = more;
    }
    return config;
  });
}
