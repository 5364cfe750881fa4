/** The compiler's worker, seen from the page: questions about a cell, and answers while somebody waits for them. */

import type { Answers, Ask, Place, Question, Reply } from "../types/messages.js";

export type { Choice, Completions, Diagnostic, Hover, Place } from "../types/messages.js";

/** Null: nothing to say, or a later question of the same kind has come. */
type Waiting = (answer: Answers[Question] | null) => void;

export class TypesClient {
  readonly #program: string | URL;
  readonly #say: (sentence: string) => void;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #asked = 0;
  #isLost = false;

  /** @param program address of the worker's script, fetched at the first question
   *  @param say what a reader is told, once, where there are no types to be had */
  constructor(program: string | URL, say: (sentence: string) => void = () => {}) {
    this.#program = program;
    this.#say = say;
  }

  /** What the compiler says about a cell: null where the question came to nothing. */
  diagnostics(place: Omit<Place, "position">): Promise<Answers["diagnostics"] | null> {
    return this.#ask("diagnostics", { ...place, position: 0 });
  }

  hover(place: Place): Promise<Answers["hover"]> {
    return this.#ask("hover", place);
  }

  completions(place: Place): Promise<Answers["completions"]> {
    return this.#ask("completions", place);
  }

  /** Ends the worker; a later question starts it again. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const answer of this.#waiting.values()) answer(null);
    this.#waiting.clear();
  }

  #ask<Q extends Question>(question: Q, { before, source, position }: Place): Promise<Answers[Q] | null> {
    const worker = this.#started();
    if (!worker) return Promise.resolve(null);
    const ask: Ask = { id: ++this.#asked, question, before: [...before], source, position };
    return new Promise((resolve) => {
      this.#waiting.set(ask.id, (answer) => resolve(answer as Answers[Q] | null));
      worker.postMessage(ask);
    });
  }

  #started(): Worker | null {
    if (this.#worker || this.#isLost) return this.#worker;
    try {
      const worker = new Worker(this.#program, { type: "module", name: "types" });
      worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#heard(data);
      worker.onerror = (event) => {
        event.preventDefault();
        if (this.#worker === worker) this.#lose(event.message || "its script could not be loaded");
      };
      this.#worker = worker;
    } catch (error) {
      this.#lose((error as Error).message); // a page that was opened from a disk may not start one
    }
    return this.#worker;
  }

  #heard(said: Reply): void {
    if (said.type === "failed") {
      this.#lose(said.why);
      return;
    }
    const answer = this.#waiting.get(said.id);
    this.#waiting.delete(said.id);
    answer?.(said.type === "answer" ? said.answer : null);
  }

  #lose(why: string): void {
    this.close();
    this.#isLost = true;
    this.#say(`Types cannot be shown here: ${why}. Cells can be edited and run all the same.`);
  }
}
