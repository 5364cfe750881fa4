import { checkScored } from "../check.js";
import { fixed, rankOf, type Scored, type Selection } from "./selection.js";

/** One expert per token, at most ceil(N/E) tokens per expert, and the sum of the scores as large as it can be: exactly even.
 *  Tokens enter one by one; each takes the cheapest chain of moves (it moves a token to another expert, which may move another on)
 *  that ends at an expert with room, which keeps the assignment optimal throughout.
 *  @param scored logits  Source: Lewis et al. 2021 (BASE), §3.1, https://arxiv.org/abs/2103.16716 (there by an auction). */
export function selectBase(scored: Scored): Selection {
  checkScored("selectBase", scored);
  const { nToken, nExpert } = scored;
  const room = Math.ceil(nToken / nExpert);
  const score = finite(scored);
  const members: number[][] = Array.from({ length: nExpert }, () => []);
  for (let n = 0; n < nToken; n++) {
    let token = n;
    for (const { expert, leaves } of cheapestChain(n, members, room, score, nExpert)) {
      // `token` takes the place at `expert`; the token that leaves moves on.
      members[expert].push(token);
      if (leaves === null) break;
      members[expert].splice(members[expert].indexOf(leaves), 1);
      token = leaves;
    }
  }
  const assigned = new Int32Array(nToken);
  members.forEach((tokens, e) => tokens.forEach((n) => (assigned[n] = e)));
  const selection = fixed(nToken, 1, (n) => [assigned[n]]);
  return { ...selection, ranks: assigned.map((e, n) => rankOf(scored, n, e)) };
}

interface Step {
  expert: number;
  /** Who leaves that expert for the next one; null at the end. */
  leaves: number | null;
}

/** Bellman-Ford over the experts: gain[e] is the best total gain of a chain that brings the surplus to expert e. */
function cheapestChain(
  n: number,
  members: readonly number[][],
  room: number,
  score: (token: number, expert: number) => number,
  nExpert: number,
): Step[] {
  const gain = Array.from({ length: nExpert }, (_, e) => score(n, e));
  const from: ({ expert: number; token: number } | null)[] = new Array<null>(nExpert).fill(null);
  const moves = members.map((tokens, a) =>
    Array.from({ length: nExpert }, (_, b) => bestMove(tokens, (t) => score(t, b) - score(t, a))),
  );
  for (let round = 1, changed = true; changed && round < nExpert; round++) {
    changed = false;
    for (let a = 0; a < nExpert; a++) {
      if (members[a].length < room) continue; // a chain ends where there is room
      for (let b = 0; b < nExpert; b++) {
        const move = moves[a][b];
        if (a === b || move === null || !(gain[a] + move.gain > gain[b] + 1e-12)) continue;
        if (onTheWay(from, a, b)) continue;
        gain[b] = gain[a] + move.gain;
        from[b] = { expert: a, token: move.token };
        changed = true;
      }
    }
  }
  let end = -1;
  for (let e = 0; e < nExpert; e++) if (members[e].length < room && (end < 0 || gain[e] > gain[end])) end = e;
  const steps: Step[] = [{ expert: end, leaves: null }];
  for (let at = from[end]; at; at = from[at.expert]) steps.unshift({ expert: at.expert, leaves: at.token });
  return steps;
}

/** True where the chain to `a` passes through `b`: rounding must not close a circle. */
function onTheWay(from: readonly ({ expert: number } | null)[], a: number, b: number): boolean {
  for (let at = from[a]; at; at = from[at.expert]) if (at.expert === b) return true;
  return false;
}

function bestMove(
  tokens: readonly number[],
  gainOf: (token: number) => number,
): { token: number; gain: number } | null {
  let found: { token: number; gain: number } | null = null;
  for (const token of tokens) {
    const gain = gainOf(token);
    if (!found || gain > found.gain) found = { token, gain };
  }
  return found;
}

/** Scores without infinities and NaN, which no sum survives. */
const finite =
  ({ scores, nExpert }: Scored) =>
  (token: number, expert: number): number => {
    const score = scores[token * nExpert + expert];
    return Number.isNaN(score) ? 0 : Math.max(-1e6, Math.min(1e6, score));
  };
