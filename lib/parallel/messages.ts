/** What `ExpertWorkers` and its workers say to each other. Only here is agreed what a message holds. */

import type { MessagePort } from "node:worker_threads";
import type { StateDict } from "../nn/module.js";
import type { Activation, ClampedUnit } from "../nn/feedForward.js";

/** What a worker is born with: the weights of its own experts, and a line to every other. */
export interface Birth {
  /** [N] a port to each device; null to itself. */
  readonly ports: readonly (MessagePort | null)[];
  /** What its experts are made of, and the numbers in them: of its S slots alone. */
  readonly experts: {
    readonly nExpert: number;
    readonly dModel: number;
    readonly dExpert: number;
    readonly activation: Activation;
    readonly clamped: ClampedUnit | null;
    readonly gated: boolean;
    readonly bias: boolean;
  };
  readonly state: StateDict;
}

/** A step for one device: its T tokens, whose rows go out in P copies for M choices. Lists may differ in length by device. */
export interface Step {
  /** [T, D] */
  readonly x: Float32Array;
  /** [P] the token of each copy, the device to which it goes, and what its result is multiplied by at home. */
  readonly tokens: Int32Array;
  readonly to: Int32Array;
  readonly weights: Float32Array;
  readonly choices: Choices;
}

/** [M] which copy each choice belongs to, which of the owner's slots serves it, and what the owner multiplies its result by. */
export interface Choices {
  readonly copies: Int32Array;
  readonly slots: Int32Array;
  readonly weights: Float32Array;
}

/** Dispatch: from one device to another. */
export interface Rows {
  /** [P, D] */
  readonly rows: Float32Array;
  readonly choices: Choices;
}

/** Combine: [P, D] the sums of what the owner's experts gave for each row, back to where it came from. */
export type Sums = Float32Array;

/** What a device has done in a step. */
export interface Done {
  /** [T, D] */
  readonly y: Float32Array;
  /** [N] bytes of rows that it sent to each other device: of its own tokens, and of results for theirs. */
  readonly dispatched: number[];
  readonly returned: number[];
  /** Bytes that went with them: which slot, which weight. */
  readonly labels: number;
  /** Rows that its experts computed, and how long that took. */
  readonly rowsExecuted: number;
  readonly milliseconds: number;
}
