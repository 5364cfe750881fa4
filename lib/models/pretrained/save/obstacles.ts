/** Which architecture of Hugging Face a twin equals, and where it equals none, why. Equal means: the same logits at evaluation, and a
 *  place for every number that the twin has learned. What works in training alone (noise, balance, a capacity that ends with it)
 *  does not matter. */

import type { ModelConfig } from "../../../config/model.js";
import { balanceFactors } from "../../../config/router/defaults.js";
import { factorIn } from "../../../config/router/fields.js";
import { show } from "../../../text/show.js";

/** Of the families that a twin may equal. */
export type Target = "gpt2" | "llama" | "mixtral" | "qwen2_moe";

export const titles: Readonly<Record<Target, string>> = {
  gpt2: "GPT-2",
  llama: "Llama",
  mixtral: "Mixtral",
  qwen2_moe: "Qwen2-MoE",
};

/** An option that stands in the way, in words, and the nearest values with which it does not. */
export interface Obstacle {
  readonly said: string;
  readonly use: Partial<ModelConfig>;
}

type Form = Pick<ModelConfig, "normalization" | "positions" | "gated" | "residual" | "window">;
const whole = { residual: true, window: null } as const;
const oldForm: Form = { normalization: "layerNorm", positions: "learned", gated: false, ...whole };
const newForm: Form = { normalization: "rmsNorm", positions: "rotary", gated: true, ...whole };

/** What differs from these values. */
const unlike = (config: ModelConfig, needed: Partial<ModelConfig>): Obstacle[] =>
  (Object.keys(needed) as (keyof ModelConfig)[])
    .filter((name) => config[name] !== needed[name])
    .map((name) => ({ said: `${name} ${show(config[name])}`, use: { [name]: needed[name] } }));

/** The architecture that is nearest, and what stands in the way of being equal to it: nothing, for most. */
export function obstacles(config: ModelConfig): { target: Target; inTheWay: Obstacle[] } {
  if (config.nExpert > 0) {
    const needed = { ...newForm, bias: false };
    const target = config.nSharedExpert > 0 ? "qwen2_moe" : "mixtral";
    return { target, inTheWay: [...unlike(config, needed), ...ofTheRouter(config)] };
  }
  const [old, recent] = [unlike(config, oldForm), unlike(config, newForm)];
  return old.length <= recent.length ? { target: "gpt2", inTheWay: old } : { target: "llama", inTheWay: recent };
}

/** Both mixtures choose the K best by a softmax over all experts, and drop nothing. */
function ofTheRouter(config: ModelConfig): Obstacle[] {
  const { straightThrough, topK, overflow, noise, nSharedExpert } = config;
  const none = { scale: 1, routerBias: false, nNullExpert: 0, dLatent: null, score: "softmax" } as const;
  const found = [...unlike(config, { select: "topK" }), ...unlike(config, none)];
  if (straightThrough && topK > 1) found.push(...unlike(config, { straightThrough: false }));
  // Mixtral's weights always sum to 1; Qwen2-MoE's may be the scores as they are.
  if (!sumsTo1(config) && nSharedExpert === 0) found.push(...unlike(config, { renormalize: true }));
  if (noise === "learned") found.push(...unlike(config, { noise: "none" })); // its weights have no place
  const { bias, quantile } = balanceFactors(config.balance);
  for (const [name, factor] of Object.entries({ bias, quantile }))
    if (factor !== undefined) found.push({ said: `balance.${name} ${factor}`, use: { balance: 0.01 } });
  const factor = factorIn(false, config);
  if (factor !== null && overflow !== "dropless")
    found.push({
      said: `${config.evalCapacityFactor === "same" ? "capacityFactor" : "evalCapacityFactor"} ${factor} with overflow ${show(overflow)}`,
      use: { evalCapacityFactor: null },
    });
  return found;
}

/** Whether a token's weights do, whatever its scores are. */
export const sumsTo1 = ({ renormalize, straightThrough, topK, nExpert }: ModelConfig): boolean =>
  renormalize !== false || (straightThrough && topK === 1) || topK === nExpert;

/** "select "gshard" (use "topK") and scale 2 (use 1)" */
export const inWords = (inTheWay: readonly Obstacle[]): string => {
  const parts = inTheWay.map(({ said, use }) => {
    const [[name, value]] = Object.entries(use);
    return `${said} (use ${said.startsWith(`${name} `) ? "" : `${name} `}${show(value)})`;
  });
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
};
