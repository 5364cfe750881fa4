/** Cells that run one after another and share their names, as in a notebook. */

import { compileCell } from "./compile.js";

export interface CellResult {
  /** The value of the last expression; undefined where the cell ends with a statement. */
  readonly value: unknown;
  /** Names that it declared or assigned. */
  readonly defines: readonly string[];
}

type Getters = Readonly<Record<string, () => unknown>>;
type Body = (
  $import: (name: string) => Promise<unknown>,
  $names: Readonly<Record<string, unknown>>,
  $done: (getters: Getters, value: unknown) => void,
) => Promise<void>;

const AsyncFunction = (async () => {}).constructor as new (...words: string[]) => Body;

export class Session {
  readonly #names = new Map<string, () => unknown>();
  readonly #load: (name: string) => Promise<unknown>;

  /** @param load a module by the name that cells import it by; throws where there is none */
  constructor(load: (name: string) => Promise<unknown>) {
    this.#load = load;
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
    const { code, defines } = compileCell(source, this.#names.keys());
    const body = new AsyncFunction("$import", "$names", "$done", `${code}\n//# sourceURL=${encodeURIComponent(id)}`);
    let done: { getters: Getters; value: unknown } | undefined;
    await body(this.#load, this.#earlier(), (getters, value) => (done = { getters, value }));
    for (const [name, get] of Object.entries(done?.getters ?? {})) this.#names.set(name, get);
    return { value: done?.value, defines };
  }

  /** Values as they are when a cell begins. */
  #earlier(): Record<string, unknown> {
    const names = this.#names;
    return new Proxy({}, { get: (_, name) => names.get(String(name))?.() });
  }
}
