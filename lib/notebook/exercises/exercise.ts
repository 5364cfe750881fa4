/** What an answer may be made of: a tensor or a typed array counts as the list of its numbers. */
export type Value = number | boolean | string | readonly Value[];

/** An exercise of a notebook, as data: the check and its test read the same lines. */
export interface Exercise<Input extends readonly unknown[] = readonly never[], Output extends Value = Value> {
  /** What is asked for, in one sentence. */
  readonly asks: string;
  /** What the answer is tried with, one call after the other. [[]] where the answer is a value and no function. */
  readonly inputs: readonly Input[];
  readonly right: (...input: Input) => Output;
  /** Wrong answers that many give, each with the sentence that helps. */
  readonly mistakes: readonly { readonly hint: string; readonly made: (...input: Input) => Output }[];
  /** How far a number may lie from the right one, as a share of it. Default: 1e-4. */
  readonly tolerance?: number;
}

/** Leaves the types of one exercise to its own lines, so that a table can hold exercises of any kind. */
export const exercise = <Input extends readonly unknown[], Output extends Value>(
  one: Exercise<Input, Output>,
): Exercise => one as unknown as Exercise;

export type Verdict =
  | { readonly state: "open" | "right"; readonly says: string }
  | { readonly state: "wrong"; readonly says: string; readonly hint: string | null };
