/** Both twins as they were at some steps, so that a fork need not begin at the first step again. */

import type { Settings } from "./settings.js";

const BUDGET = 48e6; // bytes, a tenth of what a phone gives a page

export interface Snapshot {
  readonly dense: Uint8Array;
  readonly moe: Uint8Array;
  /** As they were in force when it was made: the save of a model knows how it routed. */
  readonly settings: Settings;
}

export class Snapshots {
  #kept = new Map<number, Partial<Snapshot>>();

  add(step: number, which: "dense" | "moe", bytes: Uint8Array, settings: Settings): void {
    this.#kept.set(step, { ...this.#kept.get(step), [which]: bytes.slice(), settings });
    const sizes = [...this.#kept.values()].map(({ dense, moe }) => (dense?.length ?? 0) + (moe?.length ?? 0));
    if (sizes.reduce((sum, size) => sum + size, 0) <= BUDGET) return;
    // Every second goes, of the later ones: what is kept stays spread over the whole run.
    const steps = [...this.#kept.keys()].sort((a, b) => a - b);
    steps.slice(0, -1).forEach((own, i) => i % 2 === 0 && this.#kept.delete(own));
  }

  /** The last one up to a step. */
  before(step: number): { step: number; snapshot: Snapshot } | null {
    const found = [...this.#kept].filter(
      (entry): entry is [number, Snapshot] => entry[0] <= step && !!entry[1].dense && !!entry[1].moe,
    );
    const last = found.sort(([a], [b]) => a - b).at(-1);
    return last ? { step: last[0], snapshot: last[1] } : null;
  }

  cut(after: number): void {
    for (const step of [...this.#kept.keys()]) if (step > after) this.#kept.delete(step);
  }

  clear(): void {
    this.#kept.clear();
  }
}
