/** What is kept of a run: a frame for each step, as long as they fit, then for every second, every fourth: a run of any length takes the
 *  same memory, and each frame is one that was measured. */

import type { TrainRow } from "twinformer/train";
import type { PackedRouted } from "./sentence.js";

/** What both twins wrote, and after which step. */
export interface Writing {
  readonly step: number;
  readonly prompt: string;
  readonly dense: string;
  readonly moe: string;
}

/** One step of both twins. */
export interface Frame {
  readonly step: number;
  readonly dense: TrainRow;
  readonly moe: TrainRow;
  /** How the MoE twin routed the reader's sentence after this step, or the last time before it that it was asked. */
  readonly sentence: PackedRouted;
  readonly writing: Writing;
}

const MOST = 2000;

export class Film {
  #frames: Frame[] = [];
  /** Steps from one frame to the next. */
  #every = 1;

  get frames(): readonly Frame[] {
    return this.#frames;
  }

  get every(): number {
    return this.#every;
  }

  /** Evaluations stay: their steps are multiples of every spacing that is used here. */
  add(frame: Frame): void {
    // The last frame is shown, whatever its step; it goes when the next one comes, if it is between two that stay.
    const last = this.#frames.at(-1);
    if (last && last.step % this.#every !== 0) this.#frames.pop();
    this.#frames.push(frame);
    if (this.#frames.length <= MOST) return;
    this.#every *= 2;
    this.#frames = this.#frames.filter(({ step }) => step % this.#every === 0);
  }

  /** The last frame up to a step; undefined where there is none. */
  at(step: number): Frame | undefined {
    return this.#frames.findLast((frame) => frame.step <= step);
  }

  /** Forgets what came after a step. */
  cut(after: number): void {
    this.#frames = this.#frames.filter(({ step }) => step <= after);
  }

  clear(): void {
    [this.#frames, this.#every] = [[], 1];
  }
}
