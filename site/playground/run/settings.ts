/** What a run of the playground is made of. It is a pure function of these settings and of the changes on the way: the same link is the
 *  same run. */

import type { ConfigInput } from "twinformer/models";
import type { RouterConfig } from "twinformer/moe";
import { isText, type TextName } from "./texts.js";

/** How experts are kept in use: nothing, or one of the router's balance terms. */
export const balances = ["none", "switch", "sequence", "importance", "z", "bias", "quantile"] as const;
const noises = ["none", "normal", "jitter", "gumbel"] as const;
const selects = ["topK", "expertChoice", "topP", "hash"] as const;
const scores = ["softmax", "sigmoid", "cosine"] as const;
const overflows = ["drop", "nextBest"] as const;

export interface Settings {
  /** A built-in text, or "own" for one of the reader's. */
  readonly text: TextName | "own";
  /** E, and K of them for a token. */
  readonly experts: number;
  readonly topK: number;
  /** F: hidden width of one expert. The dense twin's layer is as wide as all that works on a token here. */
  readonly width: number;
  readonly shared: number;
  readonly select: (typeof selects)[number];
  readonly score: (typeof scores)[number];
  readonly seed: number;
  readonly balance: (typeof balances)[number];
  /** Factor of the balance term. */
  readonly strength: number;
  readonly noise: (typeof noises)[number];
  readonly noiseScale: number;
  /** Places of an expert as a multiple of its fair share; null for no limit. */
  readonly capacity: number | null;
  readonly overflow: (typeof overflows)[number];
  readonly lr: number;
}

/** Those that act on a model while it trains. All others make another model. */
export const live = ["balance", "strength", "noise", "noiseScale", "capacity", "overflow", "lr"] as const;
export type Live = Pick<Settings, (typeof live)[number]>;

/** What was changed after a step. */
export interface Change {
  readonly after: number;
  readonly to: Partial<Live>;
}

/** A whole run. */
export interface Run {
  readonly settings: Settings;
  /** In the order of their steps. */
  readonly changes: readonly Change[];
}

export const defaults: Settings = {
  ...{ text: "moby", experts: 8, topK: 2, width: 96, shared: 0, select: "topK", score: "softmax", seed: 1 },
  ...{ balance: "switch", strength: 0.01, noise: "none", noiseScale: 1, capacity: null, overflow: "drop", lr: 0.003 },
};

/** D, L, H, T and B of both twins: 4 · 64 = 256 tokens a step. */
export const shape = { dModel: 48, nLayer: 2, nHead: 4, blockSize: 64, batchSize: 4 } as const;
/** Steps in which the learning rate rises to what is set. */
export const WARMUP = 20;
/** Steps between two evaluations, and blocks of held-out text in each. */
export const EVERY = 50;
export const BLOCKS = 16;
/** A run ends here. */
export const LAST = 20_000;

interface Field {
  /** In an address. */
  readonly key: string;
  /** What a value must be, as the end of a sentence. */
  readonly must: string;
  /** The value that a text of an address stands for; undefined for none. */
  read(text: string): unknown;
}

const integer = (key: string, from: number, to: number): Field => ({
  ...{ key, must: `a whole number from ${from} to ${to}` },
  read(text) {
    const value = /^-?\d+$/.test(text) ? Number(text) : NaN;
    return value >= from && value <= to ? value : undefined;
  },
});
const number = (key: string, from: number, to: number): Field => ({
  ...{ key, must: `a number from ${from} to ${to}` },
  read(text) {
    const value = /^\d*\.?\d+(e-?\d+)?$/.test(text) ? Number(text) : NaN;
    return value >= from && value <= to ? value : undefined;
  },
});
const word = (key: string, words: readonly string[]): Field => ({
  ...{ key, must: `one of ${words.join(", ")}` },
  read: (text) => (words.includes(text) ? text : undefined),
});
const orNull = (field: Field): Field => ({
  ...{ key: field.key, must: `${field.must}, or none` },
  read: (text) => (text === "none" ? null : field.read(text)),
});

export const fields: { readonly [Name in keyof Settings]: Field } = {
  text: {
    key: "t",
    must: "a text of the playground",
    read: (text) => (text === "own" || isText(text) ? text : undefined),
  },
  experts: integer("e", 1, 64),
  topK: integer("k", 1, 8),
  width: integer("w", 4, 512),
  shared: integer("s", 0, 4),
  select: word("r", selects),
  score: word("sc", scores),
  seed: integer("seed", 0, 999_999),
  balance: word("b", balances),
  strength: number("bs", 0, 10),
  noise: word("n", noises),
  noiseScale: number("ns", 0.001, 10),
  capacity: orNull(number("c", 0.1, 8)),
  overflow: word("o", overflows),
  lr: number("lr", 0, 1),
};
export const names = Object.keys(fields) as (keyof Settings)[];
export const words = { balance: balances, noise: noises, select: selects, score: scores, overflow: overflows } as const;

/** What a router is told, of the settings that may change while it trains. */
export function routing({
  select,
  balance,
  strength,
  noise,
  noiseScale,
  capacity,
  overflow,
}: Settings): Partial<RouterConfig> {
  return {
    balance: balance === "none" ? 0 : { [balance]: strength },
    noise,
    noiseScale: noise === "none" ? 0 : noiseScale,
    capacityFactor: capacity,
    // Where experts choose they fill exactly: nothing flows over.
    overflow: capacity === null || select === "expertChoice" ? "dropless" : overflow,
  };
}

/** The configs of both twins. What works on a token is equally wide in both: K experts and the shared ones. */
export function configs(settings: Settings, vocabSize: number): { dense: ConfigInput; moe: ConfigInput } {
  const { experts, topK, width, shared, select, score } = settings;
  const { batchSize: _, ...rest } = shape;
  const both = { ...rest, vocabSize, dHidden: width * (topK + shared) };
  return {
    dense: both,
    moe: {
      ...both,
      ...routing(settings),
      nExpert: experts,
      topK,
      dExpert: width,
      nSharedExpert: shared,
      select,
      score,
    },
  };
}

/** The settings that hold at a step, of a run with changes. */
export function settingsAt({ settings, changes }: Run, step: number): Settings {
  let now = settings;
  for (const { after, to } of changes) if (after < step) now = { ...now, ...to };
  return now;
}

/** Changes with one more: what was to come after it is forgotten, and what changes nothing is left out. */
export function withChange(run: Run, after: number, to: Partial<Live>): Run {
  const before: Run = { ...run, changes: run.changes.filter((change) => change.after <= after) };
  const now: Record<string, unknown> = { ...settingsAt(before, Infinity) };
  const other = Object.fromEntries(Object.entries(to).filter(([name, value]) => now[name] !== value));
  if (Object.keys(other).length === 0) return before;
  const same = before.changes.find((change) => change.after === after);
  const rest = before.changes.filter((change) => change !== same);
  return { settings: run.settings, changes: [...rest, { after, to: { ...same?.to, ...other } }] };
}
