/** What a model looks like, as plain numbers. */

import { routerDefaults, routerFields } from "./router/defaults.js";
import type { RouterConfig } from "./router/fields.js";
import { routerProblem } from "./router/problems.js";

/** What may stand between the two layers of a feed-forward network; each is an op of that name (lib/tensor/ops/unary.ts). */
export const activations = ["gelu", "geluTanh", "relu", "silu", "squaredRelu"] as const;
export type Activation = (typeof activations)[number];

/** Letters: V vocabulary, L layers, H heads, D model, F hidden, E experts, K experts per token. */
export interface ModelConfig extends RouterConfig {
  /** V: number of different tokens. */
  vocabSize: number;
  /** Longest context, in tokens. */
  blockSize: number;
  /** L: number of blocks. */
  nLayer: number;
  /** H: number of attention heads; D must be a multiple. */
  nHead: number;
  /** D: width of the residual stream. */
  dModel: number;
  /** F: hidden width of the dense feed-forward layer. Default 4 D. */
  dHidden: number;
  /** Between the two layers of a feed-forward network or expert. Default "gelu". */
  activation: Activation;
  /** Offsets in linear layers and norms. Default false. */
  bias: boolean;
  /** E: number of experts; 0 is the dense twin. */
  nExpert: number;
  /** Hidden width of one expert. Default dHidden / topK: then both twins have equally many active feed-forward parameters. */
  dExpert: number;
}

export type ConfigInput = Pick<ModelConfig, "vocabSize" | "blockSize" | "nLayer" | "nHead" | "dModel"> &
  Partial<ModelConfig>;

const FIELDS = new Set(
  ["vocabSize", "blockSize", "nLayer", "nHead", "dModel", "dHidden", "activation", "bias"].concat(
    ["nExpert", "dExpert", ...routerFields], // of the MoE twin
  ),
);

/** Fills in the defaults and checks every number. */
export function modelConfig(input: ConfigInput): ModelConfig {
  const { dModel, dHidden = 4 * dModel, nExpert = 0 } = input;
  const router = routerDefaults(input, nExpert);
  const { topK } = router;
  const config: ModelConfig = {
    activation: "gelu",
    bias: false,
    dHidden,
    nExpert,
    dExpert: Math.floor(dHidden / topK),
    ...router,
    ...input,
    balance: router.balance,
  };
  const unknown = Object.keys(config).find((field) => !FIELDS.has(field));
  check(unknown === undefined, `there is no field "${unknown}"; the fields are ${[...FIELDS].join(", ")}`);
  check(
    activations.includes(config.activation),
    `activation must be one of ${activations.join(", ")}, got "${config.activation}"`,
  );
  const positive = ["vocabSize", "blockSize", "nLayer", "nHead", "dModel", "dHidden", "topK", "dExpert"] as const;
  for (const field of positive)
    check(
      Number.isInteger(config[field]) && config[field] > 0,
      `${field} must be a whole number from 1, got ${config[field]}`,
    );
  check(Number.isInteger(nExpert) && nExpert >= 0, `nExpert must be a whole number from 0, got ${nExpert}`);
  check(dModel % config.nHead === 0, `dModel ${dModel} must be a multiple of nHead ${config.nHead}`);
  const problem = routerProblem(router, nExpert);
  check(problem === null, problem ?? "");
  if (nExpert > 0) {
    check(
      input.dExpert !== undefined || dHidden % topK === 0,
      `dHidden ${dHidden} must be a multiple of topK ${topK}, or give dExpert`,
    );
  }
  return config;
}

function check(ok: boolean, sentence: string): void {
  if (!ok) throw new RangeError(`model config: ${sentence}`);
}
