/** The tokens of a byte-level BPE while it grows: 256 bytes, and what merges make of them. */

import { CHARACTERS } from "./bytes.js";
import { type Merge, pairKey } from "./merge.js";

export class Growing {
  /** The tokens by id, written in CHARACTERS. */
  readonly tokens: string[] = [...CHARACTERS];
  /** By `pairKey`. */
  readonly merges = new Map<number, Merge>();
  readonly #ids = new Map(CHARACTERS.map((character, id) => [character, id]));

  /** The id that the pair becomes: a new one, unless another pair has made the same bytes before, as "a" + "aa" after "aa" + "a". */
  merge(left: number, right: number): number {
    const token = this.tokens[left] + this.tokens[right];
    let id = this.#ids.get(token);
    if (id === undefined) this.#ids.set(token, (id = this.tokens.push(token) - 1));
    this.merges.set(pairKey(left, right), { rank: this.merges.size, id });
    return id;
  }

  has(token: string): boolean {
    return this.#ids.has(token);
  }
}
