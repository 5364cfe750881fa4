/** Cells that run one after another and share their names, as in a notebook. */

import { type CompiledCell, compileCell } from "./compile.js";

export interface CellResult {
  /** The value of the last expression; undefined where the cell ends with a statement. */
  readonly value: unknown;
  /** Names that it declared or assigned. */
  readonly defines: readonly string[];
}

/** A module by the name that cells import it by. With the name of an export, whatever has that one. */
export type Load = (from: string, name?: string) => Promise<unknown>;

type Getters = Readonly<Record<string, () => unknown>>;
type Body = (
  $import: Load,
  $names: Readonly<Record<string, unknown>>,
  $done: (getters: Getters, value: unknown) => void,
  $stopped: () => boolean,
) => Promise<void>;

const AsyncFunction = (async () => {}).constructor as new (...words: string[]) => Body;

/** Where in a cell something is: line and column, from 1. */
export interface Place {
  readonly cell: string;
  readonly line: number;
  readonly column: number;
}

/** Lines that every engine puts before the body of a function made from text. */
const BEFORE = 2;

export class Session {
  readonly #names = new Map<string, () => unknown>();
  /** What was compiled last, by the name that stacks have for a cell. */
  readonly #compiled = new Map<string, CompiledCell>();
  readonly #load: Load;
  readonly #stopped: () => boolean;

  /** @param load throws where there is no such module
   *  @param stopped whether loops that wait shall end */
  constructor(load: Load, stopped: () => boolean = () => false) {
    this.#load = load;
    this.#stopped = stopped;
  }

  /** Names of all cells so far. */
  get names(): string[] {
    return [...this.#names.keys()];
  }

  value(name: string): unknown {
    return this.#names.get(name)?.();
  }

  /** Runs a cell. Where it throws, the names of earlier cells are as they were, and it has declared none.
   *  @param id of the cell, for the stack of an error */
  async run(source: string, id = "cell"): Promise<CellResult> {
    const compiled = compileCell(source, this.#names.keys());
    const { code, defines, imports } = compiled;
    // All at once: in the cell, each waits for the one before it. What cannot be had is said there.
    for (const { from, name } of imports) this.#load(from, name).catch(() => {});
    this.#compiled.set(encodeURIComponent(id), compiled);
    const body = new AsyncFunction(
      "$import",
      "$names",
      "$done",
      "$stopped",
      `${code}\n//# sourceURL=${encodeURIComponent(id)}`,
    );
    let done: { getters: Getters; value: unknown } | undefined;
    await body(this.#load, this.#earlier(), (getters, value) => (done = { getters, value }), this.#stopped);
    for (const [name, get] of Object.entries(done?.getters ?? {})) this.#names.set(name, get);
    return { value: done?.value, defines };
  }

  /** The innermost line of a cell in the stack of what was thrown; null where no cell is in it. */
  placeOf(error: unknown): Place | null {
    const stack = error instanceof Error ? (error.stack ?? "") : "";
    for (const [, id, line, column] of stack.matchAll(/([^\s(@/]+):(\d+):(\d+)\)?$/gm)) {
      const compiled = this.#compiled.get(id);
      if (!compiled) continue;
      const place = { cell: decodeURIComponent(id), line: Number(line) - BEFORE, column: Number(column) };
      for (const { letters, ...added } of compiled.added)
        if (added.line === place.line && place.column > added.column) place.column -= letters;
      return place;
    }
    return null;
  }

  /** Values as they are when a cell begins. */
  #earlier(): Record<string, unknown> {
    const names = this.#names;
    return new Proxy({}, { get: (_, name) => names.get(String(name))?.() });
  }
}
