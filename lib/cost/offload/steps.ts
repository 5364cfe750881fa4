/** A cache of experts, run over a trace: what each layer of each token finds and fetches. */

import type { Choices, RoutingTrace } from "../../config/trace.js";

/** Which experts a layer's slots hold. All begin empty.
 *  "lru": those that were used last.
 *  "mostUsed": always the same, those that are used most often.
 *  "optimal": those that will be used soonest (Belady 1966): no rule that does not know the future can find more.
 *  What is fetched and not kept is used from a buffer beside the slots. */
export type CachePolicy = "lru" | "mostUsed" | "optimal";
export const cachePolicies = ["lru", "mostUsed", "optimal"] as const;

/** One layer of one token: experts found in a slot; fetched because they were guessed; fetched when the router asked. */
export interface Step {
  readonly hits: number;
  readonly foreseen: number;
  readonly missed: number;
  /** Every guess that was fetched, in order, and whether it was used. */
  readonly sent: readonly boolean[];
}

/** Which of the experts that a token needs are in the slots of its layer; then the slots change. */
type Slots = (needed: readonly number[], step: number) => ReadonlySet<number>;

/** [N][L] N tokens of all texts, one after another; each layer has its own slots.
 *  @param seen from which "mostUsed" knows what is used most */
export function stepsOf(
  { nExpert, chosen }: RoutingTrace,
  policy: CachePolicy,
  slots: number,
  { guesses, seen }: { guesses?: Choices | undefined; seen: RoutingTrace },
): Step[][] {
  const tokens = chosen.flat();
  const guessed = guesses?.flat();
  const layers = tokens[0].map((_, l) => {
    const stream = tokens.map((token) => token[l]);
    if (policy === "lru") return lru(slots);
    if (policy === "optimal") return optimal(stream, slots);
    return mostUsed(
      seen.chosen.flat().flatMap((token) => token[l]),
      nExpert,
      slots,
    );
  });
  return tokens.map((token, n) =>
    token.map((needed, l): Step => {
      const held = layers[l](needed, n);
      const isHeld = (expert: number): boolean => held.has(expert);
      const sent = (guessed?.[n][l] ?? []).filter((expert) => !isHeld(expert));
      const hits = needed.filter(isHeld).length;
      const foreseen = needed.filter((expert) => sent.includes(expert)).length;
      const used = sent.map((expert) => needed.includes(expert));
      return { hits, foreseen, missed: needed.length - hits - foreseen, sent: used };
    }),
  );
}

/** Of a list from the last used to the first, the first `slots` are held: so more slots hold what fewer do, and more. */
function lru(slots: number): Slots {
  let recent: number[] = [];
  return (needed) => {
    const held = new Set(recent.slice(0, slots));
    recent = [...needed, ...recent.filter((expert) => !needed.includes(expert))];
    return held;
  };
}

/** An expert that is worth a slot stays from its first use on. */
function mostUsed(uses: readonly number[], nExpert: number, slots: number): Slots {
  const count = new Array<number>(nExpert).fill(0);
  for (const expert of uses) count[expert]++;
  const best = new Set([...count.keys()].sort((a, b) => count[b] - count[a] || a - b).slice(0, slots));
  const here = new Set<number>();
  return (needed) => {
    const held = new Set(here);
    for (const expert of needed) if (best.has(expert)) here.add(expert);
    return held;
  };
}

/** Of what is held and what was just used, the slots keep those whose next use is nearest. */
function optimal(stream: readonly (readonly number[])[], slots: number): Slots {
  const uses = new Map<number, number[]>(); // of each expert, the last first
  for (let n = stream.length - 1; n >= 0; n--)
    for (const expert of stream[n]) {
      const own = uses.get(expert);
      if (own) own.push(n);
      else uses.set(expert, [n]);
    }
  const nextUse = (expert: number): number => uses.get(expert)!.at(-1) ?? Infinity;
  let here: number[] = [];
  return (needed) => {
    const held = new Set(here);
    for (const expert of needed) uses.get(expert)!.pop();
    const both = [...new Set([...here, ...needed])].filter((expert) => nextUse(expert) < Infinity);
    here = both.sort((a, b) => nextUse(a) - nextUse(b) || a - b).slice(0, slots);
    return held;
  };
}
