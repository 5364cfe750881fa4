/** From a trained dense model to a mixture of experts that begins where it ended. */

import type { RouterConfig } from "../config/router/fields.js";
import type { Transformer } from "./transformer.js";
import { transformer } from "./twins.js";

export interface UpcycleOptions extends Partial<RouterConfig> {
  /** E: copies of each feed-forward layer. */
  nExpert: number;
  /** Of the routers' first weights, the only ones that are new. Default 0. */
  seed?: number;
}

/** Every expert is a copy of the dense feed-forward layer, everything else is taken over, only the routers are new. As the experts
 *  agree and a token's weights sum to 1, the first output equals the dense model's, whatever the routers say; then they part.
 *  Active feed-forward parameters are topK times the dense model's. Source: Komatsuzaki et al. 2022, §2, https://arxiv.org/abs/2212.05055 */
export function upcycle(dense: Transformer, { nExpert, seed = 0, ...router }: UpcycleOptions): Transformer {
  const { config } = dense;
  if (config.nExpert > 0) throw new RangeError("upcycle: the model has experts already; it takes a dense one");
  const { vocabSize, blockSize, nLayer, nHead, dModel, dHidden, activation, bias } = config;
  const shape = { vocabSize, blockSize, nLayer, nHead, dModel, dHidden, activation, bias };
  const model = transformer({ ...shape, nExpert, dExpert: dHidden, renormalize: true, ...router }, { seed });
  if (
    model.config.renormalize === false ||
    model.config.scale !== 1 ||
    model.config.nSharedExpert > 0 ||
    model.config.select === "soft"
  )
    throw new RangeError(
      "upcycle: a token's weights must sum to 1, so that equal experts give the dense output: use renormalize true, scale 1, no shared experts",
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

/** `blocks.0.feedForward.experts.up` is made of copies of `blocks.0.feedForward.up.weight`. */
const denseName = (name: string): string =>
  name.replace(
    /\.experts\.(up|down)(Bias)?$/,
    (_, layer: string, bias?: string) => `.${layer}.${bias ? "bias" : "weight"}`,
  );
