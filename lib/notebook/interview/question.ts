/** A question of the interview, as data: the notebook, the self-test, the cards and the test of all numbers read the same lines. */

/** Where in the output of a cell a number or word stands: in the values of its claim, by their path; in a table, by the first column of
 *  the row and the name of the column; or in what it wrote, where # is. */
export type Where =
  { readonly claim: string } | { readonly row: string | number; readonly column: string } | { readonly words: string };

/** What it is there; or between which numbers it lies, where it depends on the machine or on a training run. */
export type Wanted =
  | { readonly is: number | string | boolean; readonly within?: number }
  | { readonly above: number }
  | { readonly below: number };

/** In which words it is said. Default: up to four digits. */
export type As = "billion" | "bytes" | "percent" | "whole";

export type Value = Where & Wanted & { readonly as?: As };

/** The cell that shows it. */
export interface Proof {
  /** "05-parameters#total-active": notebook and cell. */
  readonly at: string;
  readonly values: Readonly<Record<string, Value>>;
}

export type Theme = "sizes" | "routing" | "balance" | "capacity" | "speed" | "training" | "adapting";
export type Level = 1 | 2 | 3;

export interface Question {
  readonly id: string;
  readonly theme: Theme;
  readonly question: string;
  /** One to three sentences. {name} stands for a value of the proofs. */
  readonly answer: string;
  readonly proof: Proof;
  /** The number that the self-test asks for. Without it, words are asked for. */
  readonly ask?: {
    readonly value: string;
    readonly unit: string;
    /** The unit in that of the value: 1e9 for billions. */
    readonly per?: number;
  };
  readonly then: { readonly question: string; readonly answer: string };
  /** The wrong answer that is common, and the run that refutes it. */
  readonly wrong: { readonly says: string; readonly but: string; readonly proof: Proof };
  /** Minutes on the one-evening path: for what stands from the heading above the cell to the note below it, less what an earlier stop
   *  covers, at 200 words a minute and 12 seconds a line of code, and half a minute for the answer. */
  readonly evening?: number;
}

export interface Asked extends Question {
  readonly level: Level;
}
