/** Rotary positions by a config.json: `rope_theta` with `rope_scaling` (transformers 4), or `rope_parameters` (5). */

import { type RotaryScaling, scaledFrequencies, yarnScale } from "../../../nn/attention/rotaryScaling.js";
import type { RotaryOptions } from "../../../tensor/ops/rotary.js";
import { Fields } from "../fields.js";

/** The config's object of this name; empty where there is none. */
function inner(fields: Fields, name: string): Fields {
  const value = fields.get(name) ?? {};
  if (typeof value !== "object" || Array.isArray(value)) fields.fail(`${name} must be an object`);
  const found = new Fields(value as Record<string, unknown>, `${fields.place}: ${name}`);
  // For each kind of layer its own, as Gemma 3 has them.
  for (const key of Object.keys(found.values)) found.refuse(key, (inside) => typeof inside !== "object");
  return found;
}

/** @param size K: features of a head that turn
 *  @param standard the family's theta, and its scaling in the config's words where none is given
 *  @returns the options of `rotary`, and the factor of the scores that YaRN asks of latent attention: see `yarnScale` */
export function rotaryOf(
  fields: Fields,
  size: number,
  standard: { theta?: number; scaling?: Readonly<Record<string, unknown>> } = {},
): { rotary: RotaryOptions; scores: number } {
  const isOld = fields.has("rope_scaling"); // transformers 5 lets it win
  const given = inner(fields, isOld ? "rope_scaling" : "rope_parameters");
  const isTold =
    fields.has("rope_parameters") || fields.get("rope_scaling") !== undefined || standard.scaling === undefined;
  const rope = isTold ? given : new Fields(standard.scaling ?? {});
  const theta = rope.number("rope_theta", fields.number("rope_theta", standard.theta ?? 10_000, 0), 0);
  for (const where of [fields, rope]) where.refuse("partial_rotary_factor", (share) => share === 1);
  const name = rope.has("rope_type") ? "rope_type" : "type";
  const kind = rope.word(name, ["default", "linear", "llama3", "yarn"], "default");
  if (kind === "default") return { rotary: { theta }, scores: 1 };
  const originalLength = (): number =>
    rope.number("original_max_position_embeddings", fields.integer("max_position_embeddings", 2048), 0);
  if (kind !== "yarn") {
    const factor = rope.number("factor", undefined, 0);
    const scaling: RotaryScaling =
      kind === "linear"
        ? { kind, factor }
        : {
            kind,
            factor,
            lowFreqFactor: rope.number("low_freq_factor", undefined, 0),
            highFreqFactor: rope.number("high_freq_factor", undefined, rope.number("low_freq_factor")),
            originalLength: rope.number("original_max_position_embeddings", undefined, 0),
          };
    return { rotary: { frequencies: scaledFrequencies(size, theta, scaling) }, scores: 1 };
  }
  const original = originalLength();
  const factor = rope.number("factor", fields.integer("max_position_embeddings", original) / original, 0);
  const frequencies = scaledFrequencies(size, theta, {
    kind,
    factor,
    originalLength: original,
    betaFast: rope.number("beta_fast", 32) || 32,
    betaSlow: rope.number("beta_slow", 1) || 1,
    truncate: rope.flag("truncate", true),
  });
  const [mscale, all] = [rope.number("mscale", 0), rope.number("mscale_all_dim", 0)];
  const inferred = mscale && all ? yarnScale(factor, mscale) / yarnScale(factor, all) : yarnScale(factor);
  const scale = rope.number("attention_factor", inferred);
  return { rotary: { frequencies, scale }, scores: all ? yarnScale(factor, all) ** 2 : 1 };
}
