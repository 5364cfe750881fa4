/** A game while it is played: which experts each token has been given. Nothing of a page is needed here. */

import { choiceOf, choicesOf } from "./choices.js";

export class Play {
  readonly choices: readonly (readonly number[])[];
  /** [N] experts of each token, in the order in which they were chosen. */
  readonly #experts: number[][];
  /** How far the text has been laid open. */
  #open = 1;

  constructor(
    readonly count: number,
    readonly nExpert: number,
    readonly topK: number,
  ) {
    this.choices = choicesOf(nExpert, topK);
    this.#experts = Array.from({ length: count }, () => []);
  }

  experts(token: number): readonly number[] {
    return this.#experts[token];
  }

  isFull(token: number): boolean {
    return this.#experts[token].length === this.topK;
  }

  /** How many tokens have all of their experts. */
  get routed(): number {
    return this.#experts.filter((_, n) => this.isFull(n)).length;
  }

  /** Tokens that are to be seen: the first, and each up to the one after the last that has been routed. What was seen stays open. */
  get open(): number {
    const last = this.#experts.findLastIndex((_, n) => this.isFull(n));
    this.#open = Math.min(this.count, Math.max(this.#open, last + 2));
    return this.#open;
  }

  /** Gives a token an expert, or takes it away. Where it has all, the one that it has had longest makes room.
   *  Returns the expert that made room, or null. */
  toggle(token: number, expert: number): number | null {
    const own = this.#experts[token];
    const at = own.indexOf(expert);
    if (at >= 0) {
      own.splice(at, 1);
      return null;
    }
    own.push(expert);
    return own.length > this.topK ? own.shift()! : null;
  }

  /** [N] which of all choices, null for a token that has not all of its experts. */
  numbers(): (number | null)[] {
    return this.#experts.map((own, n) => (this.isFull(n) ? choiceOf(this.choices, own) : null));
  }

  /** Takes choices from an address. */
  take(numbers: readonly (number | null)[]): void {
    this.#experts.forEach((own, n) => {
      const number = numbers[n] ?? null;
      own.splice(0, own.length, ...(number === null ? [] : this.choices[number]));
    });
  }

  clear(): void {
    this.take([]);
    this.#open = 1;
  }
}
