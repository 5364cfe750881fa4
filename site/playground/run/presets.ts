/** Runs that show a claim: each says what was seen in its own rows. Words that state a number or an order are made of the rows. */

import { effectiveOver, overflowOf } from "./numbers.js";
import type { Frame } from "./film.js";
import { defaults, type Run, type Settings, withChange, type Live } from "./settings.js";

export interface Finding {
  /** Whether the run shows what its name says. */
  readonly holds: boolean;
  readonly words: string;
}

export interface Preset {
  readonly id: string;
  readonly name: string;
  /** Ids of the claims that it is about. */
  readonly claims: readonly string[];
  readonly why: string;
  readonly run: Run;
  /** Steps until it has shown it. */
  readonly steps: number;
  find(frames: readonly Frame[]): Finding;
}

const WINDOW = 10;
/** Up to a step, the last ten frames. */
const near = (frames: readonly Frame[], step: number): Frame[] =>
  frames.filter((frame) => frame.step > step - WINDOW && frame.step <= step);
const list = (numbers: readonly number[]): string => numbers.map((n) => n.toFixed(1)).join(" and ");
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const start = (settings: Partial<Settings>): Run => ({ settings: { ...defaults, ...settings }, changes: [] });
const changed = (settings: Partial<Settings>, after: number, to: Partial<Live>): Run =>
  withChange(start(settings), after, to);

/** At most this share of what could work is a collapse; at least this share is a rescue. */
const [LOW, HIGH] = [0.35, 0.5];
const bare: Partial<Settings> = { balance: "none" };

function rescue(after: number, steps: number) {
  return (frames: readonly Frame[]): Finding => {
    const experts = frames[0].moe.load![0].length;
    const [before, now] = [near(frames, after), near(frames, steps)].map(effectiveOver);
    const holds = Math.max(...before) <= LOW * experts && Math.min(...now) >= HIGH * experts;
    return {
      holds,
      words: `By step ${after} the work of the two layers is that of ${list(before)} of ${experts} experts; by step ${steps} of ${list(now)}.`,
    };
  };
}

export const presets: readonly Preset[] = [
  {
    id: "collapse",
    name: "Collapse",
    claims: ["D1"],
    why: "Nothing keeps the experts in use: those that are a little better get more tokens, so they learn more, so they are better.",
    run: start(bare),
    steps: 60,
    find(frames) {
      const experts = frames[0].moe.load![0].length;
      const now = effectiveOver(near(frames, 60));
      const first = effectiveOver(frames.slice(0, 1));
      return {
        holds: Math.max(...now) <= LOW * experts,
        words: `At step 1 the work of the two layers is that of ${list(first)} of ${experts} experts, by step 60 of ${list(now)}.`,
      };
    },
  },
  {
    id: "rescue-noise",
    name: "Rescue by noise",
    claims: ["D2"],
    why: "Noise on the router's scores sends some tokens to experts that are not the favorites, and these begin to learn.",
    run: changed(bare, 60, { noise: "normal", noiseScale: 1 }),
    steps: 200,
    find: rescue(60, 200),
  },
  {
    id: "rescue-balance",
    name: "Rescue by a balance loss",
    claims: ["D7"],
    why: "Switch's loss is lowest where all experts get equally much; its gradient lifts the scores of those that starve.",
    run: changed(bare, 60, { balance: "switch", strength: 0.1 }),
    steps: 300,
    find: rescue(60, 300),
  },
  {
    id: "z",
    name: "The z-loss rescues nobody",
    claims: ["D7"],
    why: "It keeps the router's scores small. That is good for other things; no expert gets a token by it.",
    run: changed(bare, 60, { balance: "z", strength: 0.01 }),
    steps: 200,
    find(frames) {
      const { holds, words } = rescue(60, 200)(frames);
      return { holds: !holds, words };
    },
  },
  {
    id: "drop",
    name: "Full experts refuse tokens",
    claims: ["D5", "D11"],
    why: "Each expert has places for its fair share and no more. While few experts are in favor, most tokens find them full, and most places stay empty.",
    run: start({ ...bare, capacity: 1, overflow: "drop" }),
    steps: 60,
    find(frames) {
      const { dropped, padding } = average(near(frames, 60));
      return {
        holds: dropped > 0.3 && padding > 0.3,
        words: `In steps 51 to 60, ${percent(dropped)} of what tokens asked for was refused, while ${percent(padding)} of all places stayed empty.`,
      };
    },
  },
  {
    id: "next-best",
    name: "The next best expert takes them",
    claims: ["D6"],
    why: "The same limit, but a refused token goes to the expert that it likes next: all places are used, by tokens that wanted another one.",
    run: start({ ...bare, capacity: 1, overflow: "nextBest" }),
    steps: 60,
    find(frames) {
      const { dropped, rerouted } = average(near(frames, 60));
      return {
        holds: dropped < 0.02 && rerouted > 0.3,
        words: `In steps 51 to 60, ${percent(rerouted)} of what tokens asked for went to another expert, and ${percent(dropped)} was refused.`,
      };
    },
  },
  {
    id: "free",
    name: "Without a loss: DeepSeek-V3",
    claims: ["D7"],
    why: "A bias per expert moves the choice alone: a little up after each step in which an expert had too little work. No gradient fights the loss.",
    run: start({ balance: "bias", strength: 0.03, score: "sigmoid" }),
    steps: 280,
    find(frames) {
      const experts = frames[0].moe.load![0].length;
      const now = effectiveOver(near(frames, 280));
      return {
        holds: Math.min(...now) >= HIGH * experts,
        words: `In steps 271 to 280 the work of the two layers is that of ${list(now)} of ${experts} experts.`,
      };
    },
  },
];

function average(frames: readonly Frame[]): ReturnType<typeof overflowOf> {
  const all = frames.map(overflowOf);
  const mean = (of: (one: (typeof all)[number]) => number): number =>
    all.reduce((sum, one) => sum + of(one), 0) / all.length;
  return { dropped: mean((o) => o.dropped), rerouted: mean((o) => o.rerouted), padding: mean((o) => o.padding) };
}

/** What plays for those who only look: a collapse, and two remedies together. */
export const story: Preset = {
  id: "story",
  name: "The story of this page",
  claims: ["D1", "D2", "D7"],
  why: "Two models of equal size for each token learn the same text. Nothing keeps the experts of one in use; then something does.",
  run: changed(bare, 60, { noise: "normal", noiseScale: 1, balance: "switch", strength: 0.1 }),
  steps: 200,
  find: rescue(60, 200),
};

/** The remedies of *Rescue it with …*. */
export const remedies: Readonly<Record<string, { readonly label: string; readonly to: Partial<Live> }>> = {
  switch: { label: "a balance loss (Switch)", to: { balance: "switch", strength: 0.1 } },
  importance: { label: "a loss on importance (Shazeer)", to: { balance: "importance", strength: 0.1 } },
  noise: { label: "noise", to: { noise: "normal", noiseScale: 1 } },
  bias: { label: "a bias, without a loss (DeepSeek-V3)", to: { balance: "bias", strength: 0.01 } },
  nextBest: { label: "a limit and the next best expert", to: { capacity: 1.25, overflow: "nextBest" } },
  z: { label: "the z-loss", to: { balance: "z", strength: 0.01 } },
};
