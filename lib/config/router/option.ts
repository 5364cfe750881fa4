import type { Check } from "../options.js";

/** What is known of one option: its default, and which values make sense. */
export interface Option<T, Config = unknown> extends Check {
  /** The value where nothing is said, or a rule for it: the rule may read the options above it in the table.
   *  @param nExpert 0 for a dense model */
  readonly standard: T | ((config: Config, nExpert: number) => T);
}
