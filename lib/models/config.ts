/** What a model looks like, as plain numbers. */

/** Letters: V vocabulary, L layers, H heads, D model, F hidden, E experts, K experts per token. */
export interface ModelConfig {
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
  activation: "gelu" | "geluTanh" | "relu" | "silu";
  /** Offsets in linear layers and norms. Default false. */
  bias: boolean;
  /** E: number of experts; 0 is the dense twin. */
  nExpert: number;
  /** Experts per token. */
  topK: number;
  /** Hidden width of one expert. Default dHidden / topK: then both twins have equally many active feed-forward parameters. */
  dExpert: number;
  /** The chosen experts' weights are divided by their sum. Default true for topK > 1. */
  renormalise: boolean;
  /** Factor of each layer's balance loss. Default 0.01. */
  balance: number;
}

export type ConfigInput = Pick<ModelConfig, "vocabSize" | "blockSize" | "nLayer" | "nHead" | "dModel"> &
  Partial<ModelConfig>;

const ACTIVATIONS: readonly string[] = ["gelu", "geluTanh", "relu", "silu"];
const FIELDS = new Set(
  ["vocabSize", "blockSize", "nLayer", "nHead", "dModel", "dHidden", "activation", "bias"].concat(
    ["nExpert", "topK", "dExpert", "renormalise", "balance"], // of the MoE twin
  ),
);

/** Fills in the defaults and checks every number. */
export function modelConfig(input: ConfigInput): ModelConfig {
  const { dModel, dHidden = 4 * dModel, nExpert = 0, topK = Math.min(2, Math.max(nExpert, 1)) } = input;
  const config: ModelConfig = {
    activation: "gelu",
    bias: false,
    dHidden,
    nExpert,
    topK,
    dExpert: Math.floor(dHidden / topK),
    renormalise: topK > 1,
    balance: 0.01,
    ...input,
  };
  const unknown = Object.keys(config).find((field) => !FIELDS.has(field));
  check(unknown === undefined, `there is no field "${unknown}"; the fields are ${[...FIELDS].join(", ")}`);
  check(
    ACTIVATIONS.includes(config.activation),
    `activation must be one of ${ACTIVATIONS.join(", ")}, got "${config.activation}"`,
  );
  const positive = ["vocabSize", "blockSize", "nLayer", "nHead", "dModel", "dHidden", "topK", "dExpert"] as const;
  for (const field of positive)
    check(
      Number.isInteger(config[field]) && config[field] > 0,
      `${field} must be a whole number from 1, got ${config[field]}`,
    );
  check(Number.isInteger(nExpert) && nExpert >= 0, `nExpert must be a whole number from 0, got ${nExpert}`);
  check(dModel % config.nHead === 0, `dModel ${dModel} must be a multiple of nHead ${config.nHead}`);
  if (nExpert > 0) {
    check(topK <= nExpert, `topK ${topK} must not exceed nExpert ${nExpert}`);
    check(
      input.dExpert !== undefined || dHidden % topK === 0,
      `dHidden ${dHidden} must be a multiple of topK ${topK}, or give dExpert`,
    );
  }
  check(
    Number.isFinite(config.balance) && config.balance >= 0,
    `balance must be a number from 0, got ${config.balance}`,
  );
  return config;
}

function check(ok: boolean, sentence: string): void {
  if (!ok) throw new RangeError(`model config: ${sentence}`);
}
