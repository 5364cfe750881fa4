/** A counted model as plain data, from which a page counts it anew with other sizes: the tree with its letters, without the families that
 *  made it. */

import type { Account } from "./account.js";
import type { BothSides, Cache } from "./architecture.js";
import { countsOf } from "./counts.js";
import type { Kind, Part } from "./part.js";
import { ONE, product, Size, sum } from "./size.js";

/** As `Part`; sizes are texts such as "2*D*H + D", and those that are 1 are left out. */
interface PlainPart {
  readonly name: string;
  readonly times?: string;
  readonly active?: string;
  readonly uses?: string;
  readonly per?: "source" | "once";
  readonly shape?: readonly string[];
  readonly kind?: Kind;
  readonly parts?: readonly PlainPart[];
  readonly buffer?: true;
}

type PlainCache = Omit<Cache, "layers" | "numbers" | "products" | "expanded" | "readers"> & {
  readonly sizes: Readonly<Record<string, string>>;
};

/** What is taken over as it is. */
const FACTS = ["modelType", "countedAs", "tied", "layers", "moeLayers", "experts", "file", "sourceTokens"] as const;

export interface PlainAccount {
  readonly facts: Pick<Account, (typeof FACTS)[number]>;
  readonly config: Account["config"];
  /** Letter, field, number. */
  readonly letters: readonly (readonly [string, string, string])[];
  readonly width: string;
  readonly tree: PlainPart;
  readonly caches: readonly PlainCache[];
  readonly bothSides: readonly {
    readonly layers: string;
    readonly products: string;
    readonly window: number | null;
    readonly of?: "source";
  }[];
}

/** Fields of a config that are read after the count: what numbers are stored as. */
const READ_LATER = ["quantization_config", "compression_config", "dtype", "torch_dtype"];

export function plainAccount(counted: Account): PlainAccount {
  const { letters, width, tree, caches, bothSides, config } = counted;
  const few = (from: unknown): Record<string, unknown> =>
    typeof from === "object" && from !== null
      ? Object.fromEntries(Object.entries(from).filter(([name]) => READ_LATER.includes(name)))
      : {};
  const inner = few(config.text_config);
  const named = letters.find(({ letter, value }) => letter === "D" && value === width);
  return {
    facts: Object.fromEntries(
      FACTS.flatMap((name) => (counted[name] === undefined ? [] : [[name, counted[name]]])),
    ) as PlainAccount["facts"],
    config: { ...few(config), ...(Object.keys(inner).length > 0 ? { text_config: inner } : {}) },
    letters: letters.map(({ letter, field, value }) => [letter, field, String(value)]),
    width: named?.letter ?? String(width),
    tree: plainPart(tree),
    caches: caches.map(({ layers, numbers, products, expanded, readers, ...rest }) => ({
      ...rest,
      sizes: texts({ layers, numbers, products, expanded, readers }),
    })),
    bothSides: bothSides.map(({ layers, products, ...rest }) => ({
      ...rest,
      layers: layers.text,
      products: products.text,
    })),
  };
}

const texts = (sizes: Readonly<Record<string, Size | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(sizes).flatMap(([name, size]) => (size ? [[name, size.text]] : [])));

function plainPart({ name, times, active, uses, per, shape, kind, parts, buffer }: Part): PlainPart {
  return {
    name,
    ...(times.text === "1" ? {} : { times: times.text }),
    ...(active.text === "1" ? {} : { active: active.text }),
    ...(uses && { uses: uses.text }),
    ...(per && { per }),
    ...(shape && { shape: shape.map(({ text }) => text) }),
    ...(kind && { kind }),
    ...(parts && { parts: parts.map(plainPart) }),
    ...(buffer && { buffer }),
  };
}

/** The account again, with other numbers for some letters: the same sizes in the same places, as `account` would count them from a config
 *  with these numbers, wherever its family does nothing but put numbers in these places. What a checkpoint holds beside it, and notes,
 *  are left behind. */
export function countedFrom(plain: PlainAccount, changed: Readonly<Record<string, number>> = {}): Account {
  const letters = plain.letters.map(([letter, field, value]) => ({
    ...{ letter, field, assumed: false },
    value: Object.hasOwn(changed, letter) ? BigInt(changed[letter]) : BigInt(value),
  }));
  const values = new Map(letters.map(({ letter, value }) => [letter, Number(value)]));
  const read = (text: string): Size => sizeFrom(text, values);
  const part = ({ times, active, uses, shape, parts, ...rest }: PlainPart): Part => ({
    ...rest,
    times: times === undefined ? ONE : read(times),
    active: active === undefined ? ONE : read(active),
    ...(uses !== undefined && { uses: read(uses) }),
    ...(shape && { shape: shape.map(read) }),
    ...(parts && { parts: parts.map(part) }),
  });
  const tree = part(plain.tree);
  const { facts, caches, bothSides } = plain;
  return {
    ...facts,
    experts: { ...facts.experts, total: changed.E ?? facts.experts.total, topK: changed.k ?? facts.experts.topK },
    config: plain.config,
    letters,
    width: read(plain.width).value,
    tree,
    caches: caches.map(({ sizes, ...rest }) => {
      const all = Object.fromEntries(Object.entries(sizes).map(([name, text]) => [name, read(text)]));
      return { ...rest, ...all } as Cache;
    }),
    bothSides: bothSides.map(({ layers, products, ...rest }): BothSides => ({
      ...rest,
      layers: read(layers),
      products: read(products),
    })),
    ...countsOf(tree, facts.tied),
    beside: [],
    notes: [],
  };
}

/** "2*D^2*H + D" with the numbers that the letters have. */
function sizeFrom(text: string, values: ReadonlyMap<string, number>): Size {
  const factor = (name: string): Size => {
    const value = values.get(name);
    return value === undefined ? Size.of(Number(name)) : Size.named(name, value);
  };
  return sum(
    text.split(" + ").map((term) =>
      product(
        ...term.split("*").flatMap((power) => {
          const [name, times = "1"] = power.split("^");
          return Array.from({ length: Number(times) }, () => factor(name));
        }),
      ),
    ),
  );
}
