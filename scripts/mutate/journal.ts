/** What happened so far, a line of JSON each: written by all workers of a run, read by all of them and by the run that goes on. */

import { appendFileSync, closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";

export type Event =
  /** A test failed with this mutant and passed without. */
  | { event: "killed"; mutant: number; how: "killed" | "timeout"; test: string }
  /** A test was tried with all that it reaches. */
  | { event: "tried"; file: string; test: string; reached: number[] }
  /** It takes long and is left for later. */
  | { event: "later"; file: string; test: string; reached: number[] }
  /** Reached while the file was loaded, before any test: such a mutant must be on from the start. */
  | { event: "loaded"; file: string; reached: number[] }
  /** A test failed with these mutants on, then also without: something they left behind? They are tried alone in a new worker. */
  | { event: "suspects"; file: string; test: string; mutants: number[] }
  /** The test cannot be run twice in one worker, or takes too long to be run again and again. */
  | { event: "skipped"; file: string; test: string; why: string }
  /** A test that fails without any mutant. */
  | { event: "broken"; file: string; test: string; why: string }
  | { event: "finished"; file: string; slow: boolean }
  /** This file passes with these mutants on from the start. */
  | { event: "survived loading"; file: string; mutants: number[] };

export class Journal {
  readonly #file: string;
  #offset = 0;
  #rest = "";
  readonly events: Event[] = [];
  readonly killed = new Map<number, Extract<Event, { event: "killed" }>>();

  constructor(file: string) {
    this.#file = file;
  }

  add(event: Event): void {
    appendFileSync(this.#file, `${JSON.stringify(event)}\n`);
  }

  /** Takes in what others have written. */
  read(): this {
    if (!existsSync(this.#file)) return this;
    const file = openSync(this.#file, "r");
    const bytes = Buffer.alloc(fstatSync(file).size - this.#offset);
    readSync(file, bytes, 0, bytes.length, this.#offset);
    closeSync(file);
    this.#offset += bytes.length;
    const lines = (this.#rest + bytes.toString("utf8")).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) {
      const event = JSON.parse(line) as Event;
      this.events.push(event);
      if (event.event === "killed" && !this.killed.has(event.mutant)) this.killed.set(event.mutant, event);
    }
    return this;
  }
}
