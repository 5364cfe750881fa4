/** What a router config is where nothing is said, and what follows from it. */

import { type BalanceFactors, factorIn, options, type RouterConfig } from "./fields.js";
import { factsOf, type RouterSize, type StateSize } from "./selections.js";

/** The names of all fields. */
export const routerFields = Object.keys(options) as readonly (keyof RouterConfig)[];

/** Fills in the defaults. Says nothing about whether they make sense together: see `routerProblem`.
 *  @param nExpert 0 for a dense model */
export function routerDefaults(input: Partial<RouterConfig>, nExpert: number): RouterConfig {
  const config: Record<string, unknown> = {};
  for (const name of routerFields) {
    const [given, { standard }] = [input[name], options[name]];
    const rule = typeof standard === "function" ? standard : () => standard;
    config[name] = given === undefined ? rule(config as unknown as RouterConfig, nExpert) : given;
  }
  return config as unknown as RouterConfig;
}

/** The fields of a larger config that are a router's. */
export function routerPart(config: Partial<RouterConfig>): Partial<RouterConfig> {
  const given = routerFields.filter((name) => config[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, config[name]]));
}

/** The balance terms as factors, those at 0 left out. */
export function balanceFactors(balance: number | BalanceFactors): BalanceFactors {
  const factors = typeof balance === "number" ? { switch: balance } : balance;
  return Object.fromEntries(Object.entries(factors).filter(([, factor]) => factor !== 0 && factor !== undefined));
}

/** The shapes of all that a router learns, output first; null for what it has not. The router makes its tensors from these, and
 *  `twinformer/account` counts them. @param sizes as numbers, or as formulas */
export function routerShapes<Size>(
  { select, routerBias, noise }: RouterConfig,
  sizes: Readonly<Record<RouterSize, Size>>,
): Record<"weight" | "bias" | "noiseWeight", Size[] | null> {
  const { weight } = factsOf(select);
  const { E, D } = sizes;
  return {
    weight: weight?.map((size) => sizes[size]) ?? null,
    bias: routerBias ? [E] : null,
    noiseWeight: noise === "learned" ? [E, D] : null,
  };
}

/** The shapes of what a router keeps that no gradient reaches: the selection bias, or null, and the state of its selection, by name.
 *  @param sizes as numbers, or as formulas */
export function routerBuffers<Size>(
  { select, balance }: RouterConfig,
  sizes: Readonly<Record<StateSize, Size>>,
): { selectionBias: Size[] | null; state: Record<string, Size[]> } {
  const { bias, quantile } = balanceFactors(balance);
  const state = Object.entries(factsOf(select).state ?? {});
  return {
    selectionBias: (bias ?? quantile) ? [sizes.E] : null,
    state: Object.fromEntries(state.map(([name, shape]) => [name, shape.map((size) => sizes[size])])),
  };
}

/** How many of the E experts work on one token: all with "soft", else K, which is the most where the number varies by token ("topP",
 *  "adaptive", null experts), and the average with "expertChoice" (capacityFactor apart). */
export const activeExperts = ({ select, topK }: RouterConfig, nExpert: number): number =>
  factsOf(select).active === "all" ? nExpert : topK;

/** Why, at evaluation, what becomes of a token depends on the tokens beside and after it, in words that follow "because"; null
 *  where it does not, so that a text can be read token by token with the same result as in one pass. */
export function dependsOnBatch(config: RouterConfig): string | null {
  if (factsOf(config.select).dependsOnBatch === "always")
    return `select "${config.select}" looks at all tokens of a text at once`;
  const factor = factorIn(false, config);
  return factor !== null && config.overflow !== "dropless"
    ? `tokens compete for the places that capacityFactor ${factor} leaves at evaluation`
    : null;
}
