/** The switches that the mutated sources ask, in a worker that runs tests. */

export class Switches {
  /** 1 where a mutant's place was reached since the last `reached()`. */
  readonly #hit: Uint8Array;
  readonly #on: Uint8Array;
  #calls = 0;
  #until = Infinity;
  late = false;

  constructor(count: number) {
    this.#hit = new Uint8Array(count);
    this.#on = new Uint8Array(count);
  }

  /** Asked where a mutant stands: is it on? */
  at(index: number): boolean {
    this.#hit[index] = 1;
    if (this.#on[index] === 0) return false;
    this.tick();
    return true;
  }

  /** Ends a loop that goes on after the time set by `turnOn`. */
  tick(): void {
    if ((++this.#calls & 0xfff) !== 0 || Date.now() < this.#until) return;
    this.late = true;
    throw new Error("this mutant takes too long");
  }

  /** Turns these mutants on and all others off, for at most this many milliseconds. */
  turnOn(indices: readonly number[], limit = Infinity): void {
    this.#on.fill(0);
    for (const index of indices) this.#on[index] = 1;
    this.#until = Date.now() + limit;
    this.late = false;
  }

  /** Which places were reached since this was asked last. */
  reached(): number[] {
    const indices = [...this.#hit.keys()].filter((index) => this.#hit[index] === 1);
    this.#hit.fill(0);
    return indices;
  }
}

declare global {
  var __mutants: Switches;
}
