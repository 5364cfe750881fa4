/** What trainLive reads of a row; all columns are kept. */
export interface LiveRow {
  readonly by?: string | number;
  readonly step: number;
  /** Anything but a finite number ends the training. */
  readonly loss: number;
}

/** Why a training ended. */
export type StopReason = "done" | "time" | "interrupted" | "error";
