/** What every selection returns, and how experts are ranked. */

/** Scores in row-major order, [N, E]: what chooses. Not in the graph: no gradient flows through a choice. */
export interface Scored {
  readonly scores: ArrayLike<number>;
  /** [N, E] what ranks the experts of one token, where that is finer than the scores: of logits more than 100 apart, the softmax of
   *  both may be 0 in float32. Default: the scores. */
  readonly logits?: ArrayLike<number>;
  readonly nToken: number;
  readonly nExpert: number;
  /** See `RouterConfig.ties`. Default "first". */
  readonly ties?: "first" | "spread";
  /** [N] place of each token in its text, for ties "spread". Default: its row. */
  readonly textPositions?: ArrayLike<number>;
}

/** Which token chose which expert, before any capacity; see `Routing`. */
export interface Selection {
  readonly topK: number | null;
  readonly tokens: Int32Array;
  readonly experts: Int32Array;
  readonly slots: Int32Array;
  readonly ranks: Int32Array;
  /** Chosen, but not sent: takes no place (GShard's second expert). */
  readonly skipped?: Uint8Array;
}

/** Ranks the experts of one token: -1 where a comes before b. Larger scores come first; NaN counts as largest. Equal scores stand in
 *  the order of their index, or in one that differs from place to place in the text: else a router that says the same of all
 *  experts would send all tokens to the first. */
export function byScore(scored: Scored, token: number): (a: number, b: number) => number {
  const { scores, logits = scores, nExpert, ties = "first", textPositions } = scored;
  const at = token * nExpert;
  const place = textPositions ? textPositions[token] : token;
  return (a, b) => {
    const [x, y] = [logits[at + a], logits[at + b]];
    if (x > y) return -1;
    if (x < y) return 1;
    const [xNaN, yNaN] = [x !== x, y !== y];
    if (xNaN !== yNaN) return xNaN ? -1 : 1;
    return ties === "first" ? a - b : shuffled(place, a) - shuffled(place, b) || a - b;
  };
}

/** A fixed, well-mixed 32-bit number for a place or an id and an expert (the last step of MurmurHash3). */
export function shuffled(place: number, expert: number): number {
  let h = Math.imul(place + 1, 0x9e3779b1) ^ Math.imul(expert + 1, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** All experts of a token, its favorite first. */
export function preference(scored: Scored, token: number): number[] {
  return Array.from({ length: scored.nExpert }, (_, e) => e).sort(byScore(scored, token));
}

/** The k best of `among` for a token, best first: insertion into k places beats sorting for the few that a token picks. */
export function best(scored: Scored, token: number, k: number, among: Iterable<number>): number[] {
  const before = byScore(scored, token);
  const chosen: number[] = [];
  for (const e of among) {
    let place = chosen.length;
    while (place > 0 && before(e, chosen[place - 1]) < 0) place--;
    if (place >= k) continue;
    chosen.splice(place, 0, e);
    if (chosen.length > k) chosen.pop();
  }
  return chosen;
}

/** The token's preference that an expert is: 0 for its favorite. */
export function rankOf(scored: Scored, token: number, expert: number): number {
  const before = byScore(scored, token);
  let rank = 0;
  for (let e = 0; e < scored.nExpert; e++) if (e !== expert && before(e, expert) < 0) rank++;
  return rank;
}

/** A selection in which each token chose K experts, its favorite first. */
export function fixed(nToken: number, topK: number, choose: (token: number) => ArrayLike<number>): Selection {
  const [tokens, experts, slots] = [0, 0, 0].map(() => new Int32Array(nToken * topK));
  for (let n = 0, i = 0; n < nToken; n++) {
    const chosen = choose(n);
    for (let k = 0; k < topK; k++, i++) {
      tokens[i] = n;
      experts[i] = chosen[k];
      slots[i] = k;
    }
  }
  return { topK, tokens, experts, slots, ranks: slots };
}

/** A selection in which tokens chose different numbers of experts. @param chosen the choices of each token, its favorite first */
export function varied(chosen: readonly (readonly { expert: number; rank: number }[])[]): Selection {
  const all = chosen.flatMap((list, token) => list.map((choice, slot) => ({ token, slot, ...choice })));
  const column = (name: "token" | "slot" | "expert" | "rank"): Int32Array => Int32Array.from(all, (row) => row[name]);
  return {
    topK: null,
    tokens: column("token"),
    experts: column("expert"),
    slots: column("slot"),
    ranks: column("rank"),
  };
}

/** The scores of the tokens `from` to `to` alone. */
export function rowsOf({ scores, logits, textPositions, nExpert, ties }: Scored, from: number, to: number): Scored {
  const rows = (x: ArrayLike<number>): Float64Array => Float64Array.from(x).subarray(from * nExpert, to * nExpert);
  return {
    scores: rows(scores),
    ...(logits ? { logits: rows(logits) } : {}),
    ...(textPositions ? { textPositions: Array.from(textPositions).slice(from, to) } : {}),
    ...(ties ? { ties } : {}),
    nToken: to - from,
    nExpert,
  };
}

/** Selections of sequences that follow one another as one. @param starts [S + 1] the first token of each, and the end of the last */
export function joined(parts: readonly Selection[], starts: ArrayLike<number>): Selection {
  const column = (of: (part: Selection, s: number) => Int32Array): Int32Array =>
    Int32Array.from(parts.flatMap((part, s) => Array.from(of(part, s))));
  return {
    topK: parts[0].topK,
    tokens: column(({ tokens }, s) => tokens.map((n) => starts[s] + n)),
    experts: column(({ experts }) => experts),
    slots: column(({ slots }) => slots),
    ranks: column(({ ranks }) => ranks),
  };
}
