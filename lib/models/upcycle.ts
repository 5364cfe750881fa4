/** From a trained dense model to a mixture of experts that begins where it ended. */

import { modelConfig, modelPart } from "../config/model.js";
import { factorIn, isSoftmax, type RouterConfig } from "../config/router/fields.js";
import { factsOf } from "../config/router/selections.js";
import { checkModel, type Transformer } from "./transformer.js";
import { transformer } from "./twins.js";

export interface UpcycleOptions extends Partial<RouterConfig> {
  /** E: copies of each feed-forward layer. */
  nExpert: number;
  /** Of the routers' first weights, the only ones that are new. Default 0. */
  seed?: number;
}

/** Every expert is a copy of the dense feed-forward layer, everything else is taken over, only the routers are new. As the experts
 *  agree and a token's weights sum to 1, the first output equals the dense model's, whatever the routers say (but sigmoids
 *  of logits below -103, which float32 rounds to 0); then they part.
 *  Options under which the weights of some token might not sum to 1 are refused. A weight divided by itself is always 1 and teaches
 *  the router nothing, so with topK 1 the default is not renormalize but straightThrough: 1 going forward, the score's gradient
 *  going backward. Active feed-forward parameters are topK times the dense model's.
 *  Source: Komatsuzaki et al. 2022, §2, https://arxiv.org/abs/2212.05055 */
export function upcycle(dense: Transformer, { nExpert, seed = 0, ...router }: UpcycleOptions): Transformer {
  checkModel("upcycle", dense);
  const { config } = dense;
  if (config.nExpert > 0) throw new RangeError("upcycle: the model has experts already; it takes a dense one");
  const { dModel, dHidden } = config;
  const shape = { ...modelPart(config), nExpert, dExpert: dHidden };
  const { topK, select, dLatent } = modelConfig({ ...shape, ...router });
  if (dLatent !== null)
    throw new RangeError(
      `upcycle: an expert is a copy of the dense layer, ${dModel} wide, so it cannot work in dLatent ${dLatent}: leave dLatent out`,
    );
  const { weight, renormalize } = factsOf(select);
  const teaches = topK === 1 && weight !== null && renormalize !== false && !router.renormalize;
  const sumTo1 = teaches ? { renormalize: false, straightThrough: true } : { renormalize: true };
  const model = transformer({ ...shape, ...sumTo1, ...router }, { seed });
  const why = notSumming(model.config, nExpert);
  if (why)
    throw new RangeError(
      `upcycle: a token's weights must sum to 1, so that equal experts give the dense output, but ${why}`,
    );
  const before = dense.stateDict();
  const state = model.stateDict();
  for (const name of Object.keys(state)) {
    const source = before[name] ?? before[denseName(name)];
    if (!source) continue; // a router
    const copies = source.shape.length === state[name].shape.length ? 1 : nExpert;
    for (let e = 0; e < copies; e++) state[name].data.set(source.data, e * source.data.length);
  }
  model.loadStateDict(state);
  return model;
}

/** Why the weights of some token might not sum to 1, in training or at evaluation; null where they always do. */
function notSumming(config: RouterConfig, nExpert: number): string | null {
  const { select, topK, renormalize, straightThrough, overflow, scale, nSharedExpert, score } = config;
  const facts = factsOf(select);
  if (scale !== 1) return `scale ${scale} multiplies them: use scale 1`;
  if (nSharedExpert > 0) return `nSharedExpert ${nSharedExpert} adds experts beside them: leave it out`;
  if (config.nNullExpert > 0)
    return `nNullExpert ${config.nNullExpert} takes a part to experts that are no copies: leave it out`;
  if (facts.renormalize === false) return `select "${select}" promises no token its own experts: use another`;
  if (select === "gshard" && config.secondExpert !== "all" && renormalize !== "kept")
    return 'select "gshard" does not always send the second one: use secondExpert "all", or renormalize "kept"';
  const everyExpert = topK === nExpert && isSoftmax(score) && !facts.varies; // softmax over all of them
  const sums = renormalize !== false || straightThrough || facts.weight === null || everyExpert;
  if (!sums) return "renormalize false leaves them as they are: use renormalize true, or straightThrough true";
  for (const training of [true, false]) {
    const factor = factorIn(training, config);
    // An expert takes a token at most once, so factor · N · K / E ≥ N places are enough for all tokens.
    const enough = factor === null || (!facts.varies && factor * topK >= nExpert);
    // With as many places as assignments, each token finds one at least for its first choice, and what found none counts in no sum.
    const rerouted =
      overflow === "nextBest" &&
      renormalize !== false &&
      config.expertDropout === 0 &&
      !facts.varies &&
      factor !== null &&
      factor >= 1;
    if (!enough && !rerouted)
      return `capacityFactor ${factor} leaves some tokens without a place: use capacityFactor null`;
  }
  return null;
}

/** `blocks.0.feedForward.experts.up` is made of copies of `blocks.0.feedForward.up.weight`. */
const denseName = (name: string): string =>
  name.replace(
    /\.experts\.(up|gate|down)(Bias)?$/,
    (_, layer: string, bias?: string) => `.${layer}.${bias ? "bias" : "weight"}`,
  );
