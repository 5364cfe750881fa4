/** The fields of a config.json, each checked as it is read. What was read is remembered: it gives the formula its letters. */

import * as v from "valibot";
import { Size } from "../size.js";
import { show } from "../../text/show.js";
import { ConfigError } from "./errors.js";

export type Config = Readonly<Record<string, unknown>>;

/** A letter of the formula: which field it stands for, and its number there. */
export interface Letter {
  readonly letter: string;
  /** The field, or for a number that follows from others, how. */
  readonly field: string;
  readonly value: bigint;
  /** True where the config leaves the field out, so that transformers' default applies. */
  readonly assumed: boolean;
}

/** torch addresses sizes with 64 bits, but no axis of a real tensor is longer than 32 bits. */
const LONGEST = 2 ** 31 - 1;
/** Layers are walked one by one. */
const DEEPEST = 100_000;

const whole = (least: number, most: number) =>
  v.pipe(
    v.number(`must be an integer from ${least}`),
    v.integer(`must be an integer from ${least}`),
    v.minValue(least, `must be an integer from ${least}`),
    v.maxValue(most, `must be at most ${most.toLocaleString("en")}`),
  );
const SIZE = whole(1, LONGEST);
const COUNT = whole(0, LONGEST);
const DEPTH = whole(1, DEEPEST);
const FLAG = v.boolean("must be true or false");
const WORD = v.string("must be a text");
const WORDS = v.array(WORD, "must be a list of texts");
const WHOLES = v.array(COUNT, "must be a list of integers from 0");
const SECTION = v.record(v.string(), v.unknown(), "must be an object");

/** One or several names of a field: transformers reads some under two. */
type Name = string | readonly string[];

export class Fields {
  /** @param file for sentences @param within the object in which these fields lie, if not at the top: "ffn_config."
   *  @param letters,notes,read shared by all objects of one config */
  constructor(
    readonly values: Config,
    readonly file: string,
    readonly within = "",
    readonly letters: Letter[] = [],
    /** What the count leaves out or assumes, a sentence each. */
    readonly notes: string[] = [],
    /** The names of all fields that a family asked for, with those of the objects around them. */
    readonly read: Set<string> = new Set(),
    /** Fields whose values here are defaults, since the config leaves them out. */
    private readonly absent: ReadonlySet<string> = new Set(),
  ) {}

  /** A size of a tensor, from 1. @param otherwise transformers' default; null where there is none */
  size(letter: string, name: Name, otherwise: number | null): Size {
    return this.#number(letter, name, otherwise, SIZE);
  }

  /** A size that may be 0. */
  count(letter: string, name: Name, otherwise: number | null): Size {
    return this.#number(letter, name, otherwise, COUNT);
  }

  /** The number of layers. */
  depth(letter: string, name: Name, otherwise: number | null): Size {
    return this.#number(letter, name, otherwise, DEPTH);
  }

  /** A size that the config may leave out or set to null: then this other size, which has its own letter. */
  sizeOr(letter: string, name: Name, otherwise: () => Size): Size {
    const found = this.#get(name, SIZE);
    return found === undefined ? otherwise() : this.#named(letter, name, found, false);
  }

  /** True where the field is there and null. */
  isNull(name: Name): boolean {
    this.#see(name);
    return names(name).some((key) => this.values[key] === null);
  }

  /** A number that decides which layer is what, and stands for no size itself. */
  number(name: Name, otherwise: number, { least = 0 }: { least?: number } = {}): number {
    return this.#get(name, whole(least, LONGEST)) ?? otherwise;
  }

  /** Null is false, as in the classes that take it, and not the default. */
  flag(name: Name, otherwise: boolean): boolean {
    return this.#get(name, FLAG) ?? (this.isNull(name) ? false : otherwise);
  }

  word(name: Name, otherwise: string): string {
    return this.#get(name, WORD) ?? otherwise;
  }

  words(name: Name): readonly string[] | undefined {
    return this.#get(name, WORDS);
  }

  wholes(name: Name): readonly number[] | undefined {
    return this.#get(name, WHOLES);
  }

  /** The same config with other values in some fields. */
  with(values: Config): Fields {
    return this.#like({ ...this.values, ...values }, this.within, this.absent);
  }

  /** The same config with fields under the names that a family asks for. @param names the config's name -> the family's */
  renamed(names: Readonly<Record<string, string>>): Fields {
    const own = Object.entries(names).filter(([from]) => Object.hasOwn(this.values, from));
    for (const [from] of own) this.#see(from);
    const values = Object.fromEntries(own.map(([from, to]) => [to, this.values[from]]));
    return this.#like({ ...values, ...this.values }, this.within, this.absent);
  }

  /** The fields of an object inside the config. */
  section(name: string): Fields {
    return this.#like(this.#get(name, SECTION) ?? {}, `${this.within}${name}.`, new Set());
  }

  #like(values: Config, within: string, absent: ReadonlySet<string>): Fields {
    return new Fields(values, this.file, within, this.letters, this.notes, this.read, absent);
  }

  /** A letter for a number that follows from others. @param how in words, with the names of fields */
  derive(letter: string, how: string, value: number): Size {
    return this.#remember({ letter, field: how, value: BigInt(value), assumed: false });
  }

  /** Ends the count: `sentence` goes on after the field's name. */
  fail(name: Name, sentence: string): never {
    throw new ConfigError(`${this.file}: ${this.within}${this.#present(name)} ${sentence}`);
  }

  /** True if the config has the field and it is not null. */
  has(name: Name): boolean {
    this.#see(name);
    return names(name).some((key) => this.values[key] !== undefined && this.values[key] !== null);
  }

  /** A number with a default. What has one must be left out for it: null is another thing, which transformers refuses. */
  #number(letter: string, name: Name, otherwise: number | null, schema: typeof SIZE): Size {
    const found = this.#get(name, schema);
    if (found === undefined && otherwise !== null && this.isNull(name))
      this.fail(name, `is null, which transformers refuses: leave it out for the default, ${otherwise}`);
    const assumed = found === undefined || this.absent.has(this.#present(name));
    return this.#named(letter, name, found ?? this.#needed(name, otherwise), assumed);
  }

  #see(name: Name): void {
    for (const key of names(name)) this.read.add(`${this.within}${key}`);
  }

  #get<S extends v.GenericSchema>(name: Name, schema: S): v.InferOutput<S> | undefined {
    this.#see(name);
    const key = this.#present(name);
    const value = Object.hasOwn(this.values, key) ? this.values[key] : undefined;
    if (value === undefined || value === null) return undefined;
    const result = v.safeParse(schema, value);
    if (result.success) return result.output;
    const [issue] = result.issues;
    const at = issue.path?.map(({ key: index }) => `[${String(index)}]`).join("") ?? "";
    return this.fail(name, `${at ? `${at} ` : ""}${issue.message}, got ${show(issue.input)}`);
  }

  /** The name under which the config has the field; the first where it has none. */
  #present(name: Name): string {
    return names(name).find((key) => Object.hasOwn(this.values, key) && this.values[key] !== null) ?? names(name)[0];
  }

  #needed(name: Name, otherwise: number | null): number {
    return otherwise ?? this.fail(name, "is missing, and transformers has no default for it");
  }

  #named(letter: string, name: Name, value: number, assumed: boolean): Size {
    const field = `${this.within}${this.#present(name)}`;
    return this.#remember({ letter, field, value: BigInt(value), assumed });
  }

  #remember(letter: Letter): Size {
    const known = this.letters.find((other) => other.letter === letter.letter);
    if (known && known.value !== letter.value)
      throw new Error(`the letter ${letter.letter} stands for ${known.field} and for ${letter.field}`);
    if (!known) this.letters.push(letter);
    return Size.named(letter.letter, Number(letter.value));
  }
}

const names = (name: Name): readonly string[] => (typeof name === "string" ? [name] : name);
