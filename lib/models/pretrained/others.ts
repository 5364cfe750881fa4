/** Fields of config.json that a family does not read: those by which another model is meant. */

import { isRecord } from "../../format/record.js";
import type { Fields } from "./fields.js";

/** By name, the values that change nothing. */
const OTHERS: Readonly<Record<string, (value: unknown) => boolean>> = {
  is_causal: (value) => value === true,
  is_encoder_decoder: (value) => value === false,
  add_cross_attention: (value) => value === false,
  pruned_heads: (value) => isRecord(value) && Object.keys(value).length === 0,
  layer_types: (value) => Array.isArray(value) && value.every((type) => type === "full_attention"),
  rope_parameters: (value) => isRecord(value) && (value.rope_type ?? "default") === "default",
  rope_scaling: () => false,
};

/** To be called when the family has read what it knows. */
export function refuseOthers(fields: Fields): void {
  for (const [name, isFine] of Object.entries(OTHERS)) if (fields.isUnread(name)) fields.refuse(name, isFine);
}
