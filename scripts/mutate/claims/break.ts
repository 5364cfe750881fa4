/** Something that a claim rests on, broken. */

import type { ClaimId } from "../../../lib/notebook/claims/ledger.js";

export interface Edit {
  readonly file: string;
  /** Words that are in the file exactly once, and what stands there instead. */
  readonly text: string;
  readonly by: string;
}

export interface Break {
  readonly claim: ClaimId;
  /** The notebook whose run must show it. */
  readonly notebook: string;
  /** What is broken, in words. */
  readonly breaks: string;
  readonly edits: readonly Edit[];
}

export const broken = (claim: ClaimId, notebook: string, breaks: string, ...edits: readonly Edit[]): Break =>
  ({ claim, notebook, breaks, edits }); // prettier-ignore
export const edit = (file: string, text: string, by: string): Edit => ({ file, text, by });
