/** Reading a config.json: each field with the default of its family, each wrong value in one sentence. */

import { type Check, flag, integer, number, word } from "../../config/options.js";
import { type Activation, activations } from "../../config/model.js";
import { complaint } from "../../config/options.js";

/** Hugging Face's names of activations. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  silu: "silu",
  swish: "silu",
  gelu: "gelu",
  gelu_new: "geluTanh",
  gelu_pytorch_tanh: "geluTanh",
  relu: "relu",
  relu2: "squaredRelu",
} satisfies Record<string, (typeof activations)[number]>;

/** The name that a config.json gives it. */
export const nameOfActivation = (activation: Activation): string =>
  Object.keys(ACTIVATIONS).find((name) => ACTIVATIONS[name] === activation)!;

export class Fields {
  constructor(
    readonly values: Readonly<Record<string, unknown>>,
    /** Where these fields stand, for the sentences. */
    readonly place = "config.json",
  ) {}

  /** As the file has it; undefined where it is absent. */
  get(name: string): unknown {
    return Object.hasOwn(this.values, name) ? this.values[name] : undefined;
  }

  has(name: string): boolean {
    return (this.get(name) ?? null) !== null;
  }

  /** An integer from 1, or from `from`. Absent or null: the default, or a sentence where there is none. */
  integer(name: string, otherwise?: number, from = 1): number {
    return this.#read<number>(name, otherwise, integer(from));
  }

  number(name: string, otherwise?: number): number {
    return this.#read<number>(
      name,
      otherwise,
      number("a finite number", () => true),
    );
  }

  flag(name: string, otherwise: boolean): boolean {
    return this.#read<boolean>(name, otherwise, flag);
  }

  word<W extends string>(name: string, words: readonly W[], otherwise?: W): W {
    return this.#read<W>(name, otherwise, word(words));
  }

  /** Absent gives the default, and null, which here means "none", null. */
  orNull(name: string, otherwise: number | null): number | null {
    const value = this.get(name);
    return value === null || (value === undefined && otherwise === null) ? null : this.integer(name, otherwise ?? 1, 0);
  }

  activation(name: string, otherwise: string): Activation {
    return ACTIVATIONS[this.word(name, Object.keys(ACTIVATIONS), otherwise)];
  }

  list(name: string, holds: Check): unknown[] {
    const value = this.get(name) ?? [];
    if (!Array.isArray(value) || !value.every((x) => holds.ok(x)))
      this.fail(`${name} must be a list, each ${holds.must}`);
    return value as unknown[];
  }

  /** Refuses a value that would change the numbers in a way that this library cannot. */
  refuse(name: string, isFine: (value: unknown) => boolean): void {
    const value = this.get(name) ?? null;
    if (value !== null && !isFine(value)) this.fail(`${name} ${JSON.stringify(value)} is not supported`);
  }

  fail(sentence: string): never {
    throw new RangeError(`loadPretrained: ${this.place}: ${sentence}`);
  }

  #read<T>(name: string, otherwise: T | undefined, check: Check): T {
    const value = this.get(name) ?? otherwise;
    if (value === undefined) this.fail(`${name} is missing`);
    const wrong = complaint(name, value, check);
    if (wrong) this.fail(wrong);
    return value as T;
  }
}
