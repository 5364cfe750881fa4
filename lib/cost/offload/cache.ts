/** Experts that do not all fit: how many of those that tokens ask for are found in a cache, and how fast a link makes up for the rest. */

import { checkIntegers, checkNumbers, checkWord } from "../../config/options.js";
import { checkTrace, type Choices, type RoutingTrace } from "../../config/trace.js";
import { checkSeen, guessesOf } from "./guesses.js";
import { cachePolicies, type CachePolicy, type Step, stepsOf } from "./steps.js";

export interface CacheRow {
  readonly policy: CachePolicy;
  /** Experts that each layer may hold. */
  readonly slots: number;
  /** slots / E: the hit rate of any fixed set of experts under uniform routing. */
  readonly share: number;
  /** Share of the experts that tokens asked for and found in a slot. */
  readonly hitRate: number;
  /** Share that was on its way or there because it had been guessed. */
  readonly foreseenRate: number;
  /** Experts that the link moves for one token, guesses that were wrong included. */
  readonly fetched: number;
  /** Of these, wrong guesses. */
  readonly wasted: number;
}

interface WithGuesses {
  /** Experts that are fetched before a layer asks, unless a slot holds them: `foreseen` of a trace, or `guessFromSeen`. Default none. */
  guesses?: Choices;
  /** Other text, from which "mostUsed" knows the most used experts. Default the trace itself: as if known beforehand. */
  seen?: RoutingTrace;
}

export interface CacheOptions extends WithGuesses {
  /** Experts that each layer may hold, one number for each row. Default 0, 1, 2, ... E. */
  slots?: readonly number[];
  /** Default all three. */
  policies?: readonly CachePolicy[];
}

/** Hit rates against memory. Every layer has slots of its own, as many as others, and room beside them for the experts at work, guesses
 *  included: a guess takes a slot only once it is used, so guesses change no hit. Texts follow each other and the cache stays.
 *  Where loads are equal and tokens choose for themselves, no rule finds more than `share` but one that knows the future. Compare with
 *  the shuffled trace (`shuffledTrace` of `twinformer/train`).
 *  Sources: Eliseev and Mazur 2023 (LRU in every layer), https://arxiv.org/abs/2312.17238; Belady 1966,
 *  https://ieeexplore.ieee.org/document/5388441
 *  @example
 *  ```ts
 *  import { cacheRows } from "twinformer/cost";
 *
 *  const trace = { nExpert: 3, chosen: [[[[0]], [[1]], [[0]], [[1]], [[2]], [[0]]]] };
 *  const rows = cacheRows(trace, { slots: [2], policies: ["lru", "optimal"] });
 *  console.log(rows.map(({ policy, hitRate }) => [policy, hitRate])); // lru 2/6, optimal 3/6
 *  ```
 */
export function cacheRows(trace: RoutingTrace, options: CacheOptions = {}): CacheRow[] {
  checkTrace("cacheRows", trace);
  const { nExpert } = trace;
  const { slots = Array.from({ length: nExpert + 1 }, (_, s) => s), policies = cachePolicies } = options;
  for (const each of slots) checkIntegers("cacheRows", { slots: each }, { from: 0 });
  return policies.flatMap((policy) =>
    slots.map((each): CacheRow => {
      const steps = run("cacheRows", trace, policy, each, options);
      const flat = steps.flat();
      const sum = (of: (step: Step) => number): number => flat.reduce((all, step) => all + of(step), 0);
      const needed = Math.max(
        1,
        sum(({ hits, foreseen, missed }) => hits + foreseen + missed),
      );
      const wasted = sum(({ sent }) => sent.filter((used) => !used).length);
      return {
        ...{ policy, slots: each, share: Math.min(1, each / nExpert) },
        hitRate: sum(({ hits }) => hits) / needed,
        foreseenRate: sum(({ foreseen }) => foreseen) / needed,
        fetched: sum(({ missed, sent }) => missed + sent.length) / steps.length,
        wasted: wasted / steps.length,
      };
    }),
  );
}

export interface CacheSpeedRow {
  /** Bytes a second. */
  readonly link: number;
  readonly tokensPerSecond: number;
  /** Share of the time in which the device waits for experts. */
  readonly waiting: number;
  /** Bytes that the link moves for one token. */
  readonly bytesPerToken: number;
}

export interface CacheSpeedOptions extends WithGuesses {
  /** Default "lru". */
  policy?: CachePolicy;
  /** Experts that each layer may hold. */
  slots: number;
  /** Bytes of one expert in one layer: `expertBytes`. */
  expertBytes: number;
  /** Seconds that a layer of one token takes with all it needs at hand: of `bound` for one text, seconds / layers. */
  layerSeconds: number;
  /** Bytes a second between where all experts are and the device, one number for each row. */
  links: readonly number[];
}

/** Tokens a second against the link's speed, one text at a time. What is assumed: the link moves one expert after another and stops none
 *  that is on its way; what a router asks for is fetched at once, and its layer waits for all of it; then guesses for the next layer are
 *  fetched, while this layer's experts and the next layer's attention compute (layerSeconds), which is all that a guess can hide.
 *  So guesses help where the link has time to spare; where it never rests, those that are wrong cost more than the others hide.
 *  Left out: what starts a transfer.
 *  @example
 *  ```ts
 *  import { cacheSpeed } from "twinformer/cost";
 *
 *  // Each token needs another expert: 1 GB at 1 GB/s, or in half a second's time if it was guessed.
 *  const trace = { nExpert: 4, chosen: [[[[0]], [[1]], [[2]], [[3]]]] };
 *  const on = { slots: 1, expertBytes: 1e9, layerSeconds: 0.5, links: [1e9] };
 *  console.log(cacheSpeed(trace, on)[0].tokensPerSecond); // 0.667: 1 + 0.5 s for each
 *  console.log(cacheSpeed(trace, { ...on, guesses: trace.chosen })[0].tokensPerSecond); // 0.889: 1 + 0.5 s, then 1 s for each
 *  ```
 */
export function cacheSpeed(trace: RoutingTrace, options: CacheSpeedOptions): CacheSpeedRow[] {
  checkTrace("cacheSpeed", trace);
  const { policy = "lru", slots, expertBytes, layerSeconds, links } = options;
  checkIntegers("cacheSpeed", { slots }, { from: 0 });
  checkNumbers("cacheSpeed", { expertBytes, layerSeconds }, { above: 0 });
  for (const link of links) checkNumbers("cacheSpeed", { links: link }, { above: 0 });
  const steps = run("cacheSpeed", trace, policy, slots, options);
  const flat = steps.flat();
  const moved = flat.reduce((sum, { missed, sent }) => sum + missed + sent.length, 0);
  const computing = flat.length * layerSeconds;
  return links.map((link) => {
    const seconds = timeOf(flat, expertBytes / link, layerSeconds);
    return {
      link,
      tokensPerSecond: steps.length / seconds,
      waiting: 1 - computing / seconds,
      bytesPerToken: (moved * expertBytes) / steps.length,
    };
  });
}

/** Seconds of all steps. @param transfer seconds of one expert on the link */
function timeOf(steps: readonly Step[], transfer: number, layerSeconds: number): number {
  let asked = 0; // when the router has decided
  let free = 0; // when the link has nothing more to do
  let arrivals = steps[0].sent.map(() => (free += transfer));
  steps.forEach(({ missed, sent }, n) => {
    if (missed > 0) free = Math.max(free, asked) + missed * transfer;
    const ready = Math.max(asked, missed > 0 ? free : 0, ...arrivals.filter((_, i) => sent[i]));
    const next = steps[n + 1]?.sent ?? [];
    if (next.length > 0) free = Math.max(free, asked);
    arrivals = next.map(() => (free += transfer));
    asked = ready + layerSeconds;
  });
  return asked;
}

function run(
  operation: string,
  trace: RoutingTrace,
  policy: CachePolicy,
  slots: number,
  options: WithGuesses,
): Step[][] {
  checkWord(operation, "policy", policy, cachePolicies);
  const { guesses, seen = trace } = options;
  if (guesses) guessesOf(operation, trace, guesses);
  checkSeen(operation, seen, trace);
  return stepsOf(trace, policy, slots, { guesses, seen });
}
