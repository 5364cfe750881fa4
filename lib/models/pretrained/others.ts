/** Fields of config.json that no family here reads and that change what transformers computes. */

import { isRecord } from "../../nn/state/entry.js";
import type { Fields } from "./fields.js";

/** By name, the values that change nothing. */
const OTHERS: Readonly<Record<string, (value: unknown) => boolean>> = {
  is_causal: (value) => value === true,
  is_encoder_decoder: (value) => value === false,
  add_cross_attention: (value) => value === false,
  pruned_heads: (value) => isRecord(value) && Object.keys(value).length === 0,
};

export function refuseOthers(fields: Fields): void {
  for (const [name, isFine] of Object.entries(OTHERS)) fields.refuse(name, isFine);
}
