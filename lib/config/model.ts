/** What a model looks like, as plain numbers. */

import { type Check, complaint, flag, integer, word } from "./options.js";
import { routerDefaults, routerFields } from "./router/defaults.js";
import { options, type RouterConfig } from "./router/fields.js";
import { routerProblem } from "./router/problems.js";

/** What may stand between the two layers of a feed-forward network; each is an op of that name (lib/tensor/ops/unary.ts). */
export const activations = ["gelu", "geluTanh", "relu", "silu", "squaredRelu"] as const;
export type Activation = (typeof activations)[number];

const normalizations = ["layerNorm", "rmsNorm", "none"] as const;
const positions = ["learned", "sinusoidal", "rotary", "none"] as const;

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
  /** Between the two layers of a feed-forward network or expert. Default "gelu", or "silu" with `gated`. */
  activation: Activation;
  /** A second projection scales each hidden feature of a feed-forward network or expert: with "silu" this is SwiGLU. Default false. */
  gated: boolean;
  /** In front of attention, of the feed-forward layer and of the output: `LayerNorm`, `RMSNorm` (Llama), or nothing.
   *  Default "layerNorm". */
  normalization: (typeof normalizations)[number];
  /** How a model knows where a token stands: a learned vector for each of blockSize positions, waves (`SinusoidalPositions`), queries
   *  and keys that turn (`RotaryPositions`), or only by the causal mask; blockSize is the longest context all the same. Default "learned". */
  positions: (typeof positions)[number];
  /** Adds what attention and the feed-forward layer give to what they were given; false puts it in its place. Default true. */
  residual: boolean;
  /** A token sees this many positions at most, itself included; 1 leaves tokens alone. Null: all before it. Default null. */
  window: number | null;
  /** Offsets in linear layers and layer norms. Default false. */
  bias: boolean;
  /** E: number of experts; 0 is the dense twin. */
  nExpert: number;
  /** Hidden width of one expert. Default dHidden / topK: then both twins have equally many active feed-forward parameters. */
  dExpert: number;
}

export type ConfigInput = Pick<ModelConfig, "vocabSize" | "blockSize" | "nLayer" | "nHead" | "dModel"> &
  Partial<ModelConfig>;

/** What each field of the model itself must be; the rest is the router's. */
const fields: Readonly<Record<Exclude<keyof ModelConfig, keyof RouterConfig>, Check>> = {
  vocabSize: integer(1),
  blockSize: integer(1),
  nLayer: integer(1),
  nHead: integer(1),
  dModel: integer(1),
  dHidden: integer(1),
  activation: word(activations),
  gated: flag,
  normalization: word(normalizations),
  positions: word(positions),
  residual: flag,
  window: {
    ok: (value) => value === null || integer(1).ok(value),
    must: "an integer from 1, or null for all positions",
  },
  bias: flag,
  nExpert: integer(0),
  dExpert: integer(1),
};
const names = Object.keys(fields) as (keyof typeof fields)[];

/** Fills in the defaults and checks every number. */
export function modelConfig(input: ConfigInput): ModelConfig {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as ConfigInput;
  const known: readonly string[] = [...names, ...routerFields];
  const unknown = Object.keys(given).find((field) => !known.includes(field));
  check(unknown === undefined, `there is no field "${unknown}"; the fields are ${known.join(", ")}`);
  const { dModel, dHidden = 4 * dModel, nExpert = 0, gated = false } = given;
  const router = routerDefaults(given, nExpert);
  const dExpert = Math.floor(dHidden / (options.topK.ok(router.topK) ? router.topK : 1)); // a wrong topK is refused below
  const config: ModelConfig = {
    ...{ activation: gated ? "silu" : "gelu", gated, normalization: "layerNorm", positions: "learned", bias: false },
    ...{ residual: true, window: null, dHidden, nExpert, dExpert },
    ...given,
    ...router,
  };
  for (const name of names) {
    const wrong = complaint(name, config[name], fields[name]);
    check(wrong === null, wrong ?? "");
  }
  check(dModel % config.nHead === 0, `dModel ${dModel} must be a multiple of nHead ${config.nHead}`);
  const headSize = dModel / config.nHead;
  check(
    config.positions !== "rotary" || headSize % 2 === 0,
    `positions "rotary" turn pairs of features, so dModel / nHead must be even, got ${dModel} / ${config.nHead} = ${headSize}`,
  );
  const problem = routerProblem(router, nExpert);
  check(problem === null, problem ?? "");
  if (nExpert > 0)
    check(
      given.dExpert !== undefined || dHidden % router.topK === 0,
      `dHidden ${dHidden} must be a multiple of topK ${router.topK}, or give dExpert`,
    );
  return config;
}

/** The fields of the model itself, without the router's. */
export const modelPart = (config: ModelConfig): Omit<ModelConfig, keyof RouterConfig> =>
  Object.fromEntries(names.map((name) => [name, config[name]])) as unknown as Omit<ModelConfig, keyof RouterConfig>;

function check(ok: boolean, sentence: string): void {
  if (!ok) throw new RangeError(`model config: ${sentence}`);
}
