/** Reading a config.json: each field with the default of its family, each wrong value in one sentence. */

import { type Check, complaint, flag, integer, number, word } from "../../config/options.js";
import { type Activation, activations } from "../../config/model.js";
import { sentence, show } from "../../text/show.js";

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

/** What a checkpoint holds at most: no size that config.json names can be larger. */
export interface Most {
  numbers: number;
  tensors: number;
}

const ANY: Most = { numbers: Infinity, tensors: Infinity };

/** Fields of which a size may be the product of two. */
const PAIRS = [/head|_dim$/, /expert|moe/];

/** Integers that are no size of a tensor: positions, windows. */
const NO_SIZE = /position|window/;

export class Fields {
  /** The integers that were read, defaults included: what sizes come from. */
  readonly #sizes = new Map<string, number>();
  readonly #read = new Set<string>();

  /** @param most so that a config.json of another model, or a damaged one, makes no tensor that the files could not fill */
  constructor(
    readonly values: Readonly<Record<string, unknown>>,
    /** Where these fields stand, for the sentences. */
    readonly place = "config.json",
    readonly most: Most = ANY,
  ) {}

  /** As the file has it; undefined where it is absent. */
  get(name: string): unknown {
    this.#read.add(name);
    return Object.hasOwn(this.values, name) ? this.values[name] : undefined;
  }

  /** Whether nothing has asked for it so far. */
  isUnread(name: string): boolean {
    return !this.#read.has(name);
  }

  has(name: string): boolean {
    return (this.get(name) ?? null) !== null;
  }

  /** An integer from 1, or from `from`. Absent or null: the default, or a sentence where there is none. */
  integer(name: string, otherwise?: number, from = 1): number {
    const value = this.#value<number>(name, otherwise, integer(from));
    if (NO_SIZE.test(name)) return value;
    this.#sizes.set(name, value);
    const { numbers, tensors } = this.most;
    const said = `${this.#said(name, value)} is more than the checkpoint can be made of, which has`;
    if (/layers?$/.test(name) && value > tensors) this.fail(`${said} ${tensors} tensors`);
    if (value > numbers) this.fail(`${said} ${numbers} numbers in all`);
    return value;
  }

  /** @param above must be exceeded */
  number(name: string, otherwise?: number, above = -Infinity): number {
    const must = above === -Infinity ? "a finite number" : `a number above ${above}`;
    return this.#value<number>(
      name,
      otherwise,
      number(must, (value) => value > above),
    );
  }

  /** "; 8 is hidden_size", for sizes that some field is, or a product of two. */
  why(sizes: readonly number[]): string {
    const fields = [...this.#sizes];
    const said = [...new Set(sizes)].flatMap((size) => {
      const one = fields.filter(([, value]) => value === size).map(([name]) => this.#said(name, size));
      const two = fields.flatMap(([a, m], i) =>
        fields
          .slice(i + 1)
          .flatMap(([b, n]) =>
            m * n === size && PAIRS.some((pair) => pair.test(a) && pair.test(b)) ? [`${a} ${m} · ${b} ${n}`] : [],
          ),
      );
      const names = (one.length > 0 ? one : two).slice(0, 3);
      return names.length > 0 ? [`${size} is ${names.join(" or ")}`] : [];
    });
    return said.length > 0 ? `, where ${said.join(" and ")}` : "";
  }

  #said(name: string, value: number): string {
    return `${name} ${value}${this.has(name) ? "" : " (the default)"}`;
  }

  flag(name: string, otherwise: boolean): boolean {
    return this.#value<boolean>(name, otherwise, flag);
  }

  word<W extends string>(name: string, words: readonly W[], otherwise?: W): W {
    return this.#value<W>(name, otherwise, word(words));
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
    if (value !== null && !isFine(value)) this.fail(`${name} ${show(value)} is not supported`);
  }

  /** Refuses sizes of which the first must be a multiple of the second, in the config's own words. */
  divides(whole: string, of: number, parts: string, by: number): void {
    if (of % by !== 0) this.fail(`${whole} ${of} is no multiple of ${parts} ${by}`);
  }

  /** Refuses a choice of more than there are. */
  atMost(name: string, value: number, of: string, there: number): void {
    if (value > there) this.fail(`${name} ${value} is more than ${of} ${there}`);
  }

  fail(said: string): never {
    throw new RangeError(sentence(`loadPretrained: ${this.place}: ${said}`));
  }

  #value<T>(name: string, otherwise: T | undefined, check: Check): T {
    const value = this.get(name) ?? otherwise;
    if (value === undefined) this.fail(`${name} is missing`);
    const wrong = complaint(name, value, check);
    if (wrong) this.fail(wrong);
    return value as T;
  }
}
