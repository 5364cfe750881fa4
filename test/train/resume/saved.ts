/** What the tests of saved runs share. */

import { loadSafetensors } from "../../../lib/index.js";
import type { TrainRow } from "../../../lib/train/index.js";
import { fromText } from "../../../lib/train/resume/plain.js";

/** All that a save holds, bit for bit, but for the clock and its checksum. */
export function contents(bytes: Uint8Array): { tensors: Record<string, string>; head: Record<string, unknown> } {
  const { state, metadata } = loadSafetensors(bytes);
  const bits = ({ data }: (typeof state)[string]): string =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
  const head = fromText(metadata.run) as { progress: object };
  return {
    tensors: Object.fromEntries(Object.entries(state).map(([name, entry]) => [name, bits(entry)])),
    head: { ...head, progress: { ...head.progress, seconds: 0 } },
  };
}

/** Rows without the clock. */
export const timeless = (rows: readonly TrainRow[]): object[] =>
  rows.map((row) => ({ ...row, seconds: 0, tokensPerSecond: 0 }));

/** Moments of a save, in their order. */
export const stages = ["half written", "written", "synced", "renamed", "removing"] as const;

export interface Task {
  /** Of the saves; null saves nowhere. */
  folder: string | null;
  /** Where each row is appended. */
  log: string;
  /** Where the numbers of the model go in the end. */
  result: string;
  /** The stage of which save, counted from the start of the process. */
  kill?: { stage: (typeof stages)[number]; save: number };
}
