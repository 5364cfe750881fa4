/** What a page and the worker with the compiler say to each other. */

/** What is asked about a cell. */
export interface Place {
  /** Sources of the code cells before it, as they are now. */
  readonly before: readonly string[];
  readonly source: string;
  /** Letters before the cursor; of no use to diagnostics. */
  readonly position: number;
}

/** What the compiler says, in the kernel's words. */
export interface Diagnostic {
  /** From 1, as the kernel prints them. */
  readonly line: number;
  readonly column: number;
  /** Letters before its first and last one. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a name is. */
export interface Hover {
  readonly start: number;
  readonly end: number;
  /** "const scores: Tensor<[2, 3]>" */
  readonly type: string;
  /** Its docstring; empty where there is none. */
  readonly words: string;
  /** What the docstring has after an @: ["param", "x the input"]. */
  readonly tags: readonly (readonly [name: string, text: string])[];
}

export interface Completions {
  /** The letters that a choice replaces. */
  readonly start: number;
  readonly end: number;
  readonly choices: readonly Choice[];
}

export interface Choice {
  readonly name: string;
  /** "method", "const", "interface", …, as TypeScript calls it. */
  readonly kind: string;
  /** The lower, the likelier: names of the cell before those of the language. */
  readonly rank: number;
}

export interface Answers {
  readonly diagnostics: readonly Diagnostic[];
  readonly hover: Hover | null;
  readonly completions: Completions | null;
}

export type Question = keyof Answers;

/** From the page. */
export interface Ask extends Place {
  readonly id: number;
  readonly question: Question;
}

/** From the worker. */
export type Reply =
  | { readonly type: "answer"; readonly id: number; readonly answer: Answers[Question] }
  /** A later question of the same kind has come: nobody waits for this one. */
  | { readonly type: "late"; readonly id: number }
  /** The compiler gave up on this text. */
  | { readonly type: "none"; readonly id: number }
  /** There will be no answers. @param why a sentence */
  | { readonly type: "failed"; readonly why: string };
