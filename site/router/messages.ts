/** What the page of the game and its worker say to each other. */

import type { Measured } from "./score.js";

export type Order =
  | { readonly type: "measure"; readonly number: number; readonly text: string }
  /** Texts of which it is counted what each expert gets. */
  | { readonly type: "count"; readonly texts: readonly string[] };

/** A text with all that can be known about its last tokens. */
export interface Game extends Measured {
  /** All tokens of the text, the guessed last one with them. */
  readonly words: readonly string[];
}

export interface UsualToken {
  readonly word: string;
  readonly count: number;
  readonly share: number;
}

export type Report =
  | { readonly type: "measured"; readonly number: number; readonly game: Game }
  /** The text cannot be played. */
  | { readonly type: "refused"; readonly number: number; readonly sentence: string }
  /** By expert, after so many of the tokens. */
  | { readonly type: "usual"; readonly usual: readonly (readonly UsualToken[])[]; readonly tokens: number }
  | { readonly type: "failed"; readonly sentence: string };
