/** The same model with other sizes: its config with fields changed. */

import { account, type Account } from "./account.js";

type Letter = Account["letters"][number];

/** How many experts there are and how many work on a token. Throws unless both are fields of their own.
 *  @param operation what a sentence names that refuses the model */
export function expertsOf(operation: string, mixture: Account): { E: Letter; k: Letter } {
  const [E, k] = ["E", "k"].map((name) => lettersOf(mixture, /^[Ek]$/).find(({ letter }) => letter === name));
  if (mixture.moeLayers === 0 || !E || !k)
    throw new RangeError(
      `${operation}: ${mixture.file} must have experts, whose numbers stand at the top of the config`,
    );
  return { E, k };
}

/** Letters that stand for a field at the top of the config; others are derived, or lie deeper. */
export const lettersOf = ({ letters }: Account, name: RegExp): Letter[] =>
  letters.filter(({ letter, field }) => name.test(letter) && /^\w+$/.test(field));

/** The model with another value of these letters' fields. */
export const withValues = (counted: Account, letters: readonly Letter[], value: (letter: Letter) => bigint): Account =>
  account(
    { ...counted.config, ...Object.fromEntries(letters.map((letter) => [letter.field, Number(value(letter))])) },
    { file: counted.file },
  );
