/** What all twins of the bug hunt have in common, and the places at which one of them may differ. */

import type { ConfigInput } from "../../../config/model.js";
import type { Transformer } from "../../../models/transformer.js";
import { switchBalanceLoss } from "../../../moe/balance/switch.js";
import type { Routing } from "../../../moe/routing.js";
import type { Tensor } from "../../../tensor/tensor.js";

/** A small mixture that has everything in which something can go wrong: one expert for a token, noise in training, a balance loss, a
 *  bias for the choice, and a limit of places, which those get that want them most. */
export const healthyModel = {
  ...{ blockSize: 32, nLayer: 2, nHead: 2, dModel: 32, nExpert: 8, topK: 1 },
  ...{ renormalize: false, noise: "normal", noiseScale: 0.01 },
  ...{ balance: { switch: 0.01, bias: 0.001 }, capacityFactor: 1.25, overflow: "drop", queue: "probability" },
} as const satisfies Partial<ConfigInput>;

/** Strength of the balance loss. */
export const STRENGTH = healthyModel.balance.switch;

/** How one twin differs from a healthy one. */
export interface Setting {
  /** Words of the config. */
  readonly config?: Partial<ConfigInput>;
  /** What is done to the finished model. */
  readonly change?: (model: Transformer) => void;
  /** The balance term of one layer. Default: Switch's. */
  readonly term?: (routing: Routing) => Tensor<readonly []>;
  /** How often it is added. Default 1. */
  readonly times?: number;
  /** Whether the model is in training mode while it is tested. Default false. */
  readonly noisyTest?: boolean;
  /** Which parameters the optimizer gets. Default: all. */
  readonly trains?: (name: string) => boolean;
}

export const termOf = ({ term = switchBalanceLoss }: Setting, routing: Routing): Tensor<readonly []> => term(routing);
