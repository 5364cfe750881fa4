/** One step of a model: which tokens pass through it. */

import { checkIntegers, checkWord } from "../config/options.js";
import type { Account, Tensor } from "./account.js";

const PHASES = ["prefill", "decode"] as const;
/** "prefill": whole texts are read at once. "decode": each text gets one more token, with what was read before it in a cache. */
export type Phase = (typeof PHASES)[number];

export const SHARINGS = ["layers", "experts"] as const;
/** What several devices share. "layers": all matrices of each layer (tensor parallel). "experts": the experts of each layer alone (expert
 *  parallel); each device has all else, and texts of its own. */
export type Sharing = (typeof SHARINGS)[number];

export interface StepOptions {
  phase: Phase;
  /** Length of a text in tokens: in "prefill" all of it is read, in "decode" it ends with the token that passes through. */
  context: number;
  /** Texts at the same time. Default 1. */
  batch?: number;
}

/** A step with its defaults. @param operation what a sentence names that refuses it */
export function checkStep(operation: string, { phase, context, batch = 1 }: StepOptions): Required<StepOptions> {
  checkWord(operation, "phase", phase, PHASES);
  checkIntegers(operation, { context, batch }, { from: 1 });
  return { phase, context, batch };
}

/** Tokens of one text by what passes them: the model, the encoder of one that has both, and what works once a text. A model with
 *  encoder and decoder reads `context` tokens by the encoder and begins to write with one. */
export function tokensOf(counted: Account, { phase, context }: StepOptions): Record<Tensor["per"], number> {
  const answers = counted.bothSides.some(({ of }) => of === "source");
  const source = sourceTokens(counted, context);
  if (phase === "decode") return { text: 1, source: 0, once: 0 };
  if (!answers) return { text: context, source: 0, once: 1 };
  return { text: counted.caches.length > 0 ? 1 : 0, source, once: 1 };
}

/** Tokens that an encoder has read: as many as the text has, or what the architecture fixes, as in Whisper. */
export const sourceTokens = ({ sourceTokens: fixed }: Account, context: number): number => fixed ?? context;
