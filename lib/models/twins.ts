/** The twins: one transformer, and the one line in which they differ. */

import { checkObject } from "../config/options.js";
import { routerPart } from "../config/router/defaults.js";
import { MoE } from "../moe/moe.js";
import { SoftMoE } from "../moe/softMoE.js";
import { FeedForward } from "../nn/feedForward.js";
import { type ConfigInput, type ModelConfig, modelConfig } from "../config/model.js";
import { type MakeFeedForward, Transformer } from "./transformer.js";

/** Every token through the same feed-forward layer. */
const dense =
  ({ dHidden, activation, gated, bias }: ModelConfig): MakeFeedForward =>
  (d, rng, residualStd) =>
    new FeedForward(d, dHidden, { rng, activation, gated, bias, residualStd });

/** Each token through its topK of nExpert experts. */
const mixture =
  (config: ModelConfig): MakeFeedForward =>
  (d, rng, residualStd) => {
    const { dExpert, activation, gated, bias, nExpert, nSlot, select, topK, vocabSize } = config;
    const part = { rng, activation, gated, bias, residualStd, nExpert };
    return select === "soft"
      ? new SoftMoE(d, dExpert, { ...part, nSlot })
      : new MoE(d, dExpert, { ...part, ...routerPart(config), topK, vocabSize });
  };

/** A transformer: dense where `nExpert` is 0, else with a mixture of experts in every block. */
export function transformer(input: ConfigInput, { seed = 0 }: { seed?: number } = {}): Transformer {
  checkObject("transformer", "the config", input);
  const config = modelConfig(input);
  return new Transformer(config, seed, config.nExpert > 0 ? mixture(config) : dense(config));
}

/** Both twins from one config and one seed: the same attention, embedding and norm weights bit for bit, since each place of a
 *  model draws from a stream of its own that the seed and the place's name make; and equally many
 *  active feed-forward parameters. Default: 8 experts, 2 per token. */
export function twins(
  input: ConfigInput,
  { seed = 0 }: { seed?: number } = {},
): { dense: Transformer; moe: Transformer } {
  checkObject("twins", "the config", input);
  const { nExpert = 8 } = input;
  if (nExpert < 1) throw new RangeError(`twins: the MoE twin needs nExpert from 1, got ${nExpert}`);
  return { dense: transformer({ ...input, nExpert: 0 }, { seed }), moe: transformer({ ...input, nExpert }, { seed }) };
}
