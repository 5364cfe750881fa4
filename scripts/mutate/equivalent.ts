/** Mutants that no test can notice, each with the reason: they are not counted. */

export interface Equivalent {
  file: string;
  /** The function or class around it, as the report shows it. */
  inside: string;
  original: string;
  text: string;
  why: string;
}

export const equivalents: readonly Equivalent[] = [];
