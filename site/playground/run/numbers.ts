/** Numbers of both twins, counted and measured. */

import { account } from "twinformer/account";
import type { Transformer } from "twinformer/models";
import type { Frame } from "./film.js";

export interface Count {
  readonly total: number;
  /** That work on one token. */
  readonly active: number;
}

export interface Parameters {
  readonly dense: Count;
  readonly moe: Count;
}

export function parametersOf({ dense, moe }: Readonly<Record<"dense" | "moe", Transformer>>): Parameters {
  const count = ({ config }: Transformer): Count => {
    const { total, active } = account({ model_type: "twinformer", ...config });
    return { total: Number(total), active: Number(active) };
  };
  return { dense: count(dense), moe: count(moe) };
}

/** Means over the layers of one step's batch: of what tokens asked for, which shares found no place, another one, and how much of
 *  the places stayed empty. */
export function overflowOf({ moe }: Frame): { dropped: number; rerouted: number; padding: number } {
  const layers = moe.routing ?? [];
  const mean = (of: (layer: (typeof layers)[number]) => number): number =>
    layers.reduce((sum, layer) => sum + of(layer), 0) / Math.max(layers.length, 1);
  return {
    dropped: mean((layer) => layer.dropped),
    rerouted: mean((layer) => layer.rerouted),
    padding: mean((layer) => layer.padding),
  };
}

/** [L] how many equally busy experts the work of a stretch of steps amounts to, on average. */
export function effectiveOver(frames: readonly Frame[]): number[] {
  const layers = frames[0]?.moe.routing?.length ?? 0;
  return Array.from(
    { length: layers },
    (_, l) => frames.reduce((sum, { moe }) => sum + moe.routing![l].effectiveExperts, 0) / frames.length,
  );
}
