/** The options and inputs of a case. What nobody asked for is a failure: an option must not be ignored. */

/** How JSON spells what it has no number for. */
const WORDS: Readonly<Record<string, number>> = { inf: Infinity, "-inf": -Infinity, nan: NaN };

export class Options {
  readonly #asked = new Set<string>();

  constructor(readonly values: Readonly<Record<string, unknown>>) {}

  get(name: string): unknown {
    this.#asked.add(name);
    return this.values[name];
  }

  /** A number; null and a missing one give `otherwise`. */
  number(name: string, otherwise?: number): number {
    const given = this.get(name) ?? otherwise;
    const value = typeof given === "string" ? WORDS[given] : given;
    if (typeof value !== "number")
      throw new Error(`option ${name} is ${JSON.stringify(this.values[name])}, not a number`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.get(name) ?? false;
    if (typeof value !== "boolean") throw new Error(`option ${name} is ${JSON.stringify(value)}, not true or false`);
    return value;
  }

  list(name: string): number[] {
    const value = this.get(name);
    if (!Array.isArray(value)) throw new Error(`option ${name} is ${JSON.stringify(value)}, not a list of numbers`);
    return value as number[];
  }

  /** A word that must be one of these. */
  word<W extends string>(name: string, known: readonly W[], otherwise?: W): W {
    const value = (this.get(name) ?? otherwise) as W;
    if (!known.includes(value))
      throw new Error(`option ${name} is ${JSON.stringify(value)}; the library knows ${known.join(", ")}`);
    return value;
  }

  /** Options in the file that nothing asked for. */
  unknown(): string[] {
    return Object.keys(this.values).filter((name) => !this.#asked.has(name));
  }
}
