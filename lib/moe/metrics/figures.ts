/** What routers decided, as plain rows: those that the figures of `twinformer/plot` read. */

import { checkRoutings } from "../check.js";
import { checkIntegers } from "../../config/options.js";
import { read } from "../../tensor/tensor.js";
import { loadOf, type Routing, type Status, statusOf } from "../routing.js";
import { favorites } from "./tokens.js";

/** One token in one layer. */
export interface TokenRow {
  token: string;
  /** 0 is the first. */
  layer: number;
  /** [E] what the router said, without noise; null for routers without logits. */
  logits: number[] | null;
  /** [E] */
  probs: number[];
  /** The experts where it has a place, favorite first. */
  chosen: number[];
  /** What the output of each of them is multiplied by. */
  weights: number[];
}

export interface LayerNumbers {
  /** [L] the number of each routing's layer. Default 0, 1, ... */
  readonly layers?: readonly number[];
}

type Routings = Routing | readonly Routing[];

/** A row for each token and layer: for `routerHeatMap`.
 *  @param tokens [N] texts; a text itself gives its characters
 *  @example
 *  const routing = routeTopK(randn([2, 4], new Generator(1)), { topK: 2 });
 *  tokenRows(routing, ["to", "be"]).map(({ token, chosen }) => [token, chosen.length]); // => [["to", 2], ["be", 2]] */
export function tokenRows(routings: Routings, tokens: Iterable<string>, { layers }: LayerNumbers = {}): TokenRow[] {
  const [all, texts] = checked("tokenRows", routings, tokens);
  return all.flatMap((routing, i) => {
    const { nExpert } = routing;
    const [probs, weights] = [read(routing.probs), read(routing.weights)];
    const logits = routing.logits && read(routing.logits);
    const of = placesOf(routing);
    const row = (all: ArrayLike<number>, n: number) => Array.from({ length: nExpert }, (_, e) => all[n * nExpert + e]);
    return texts.map((token, n) => ({
      token,
      layer: layers?.[i] ?? i,
      logits: logits && row(logits, n),
      probs: row(probs, n),
      chosen: of[n].map((a) => routing.experts[a]),
      weights: of[n].map((a) => weights[a]),
    }));
  });
}

/** [N] the assignments of each token that have a place. */
export function placesOf({ nToken, tokens, positions }: Routing): number[][] {
  const of: number[][] = Array.from({ length: nToken }, () => []);
  tokens.forEach((n, i) => {
    if (positions[i] >= 0) of[n].push(i);
  });
  return of;
}

export interface FlowRowsOptions extends LayerNumbers {
  /** Count the first choice of each token alone. Default false: each expert where it has a place. */
  readonly favorites?: boolean;
  /** From the second layer on, tokens come from their favorite of the layer before: one flow through all layers, of favorites.
   *  Default false: from their kind in each. */
  readonly through?: boolean;
}

/** How many tokens of each kind go to each expert of each layer: for `tokenFlow`. Pairs without a token have no row.
 *  @param kinds [N] of each token
 *  @example
 *  const routing = routeTopK(randn([3, 4], new Generator(1)), { topK: 1 });
 *  flowRows(routing, ["a", "b", "a"]).reduce((sum, { count }) => sum + count, 0); // => 3 */
export function flowRows(
  routings: Routings,
  kinds: Iterable<string>,
  { layers, through = false, favorites: alone = through }: FlowRowsOptions = {},
): { layer: number; from: string | number; expert: number; count: number }[] {
  const [all, texts] = checked("flowRows", routings, kinds);
  const firsts = all.map((routing) => Array.from(favorites(routing)));
  return all.flatMap((routing, i) => {
    const froms: readonly (string | number)[] = through && i > 0 ? firsts[i - 1] : texts;
    const chosen = alone
      ? firsts[i].map((expert) => [expert])
      : placesOf(routing).map((of) => of.map((a) => routing.experts[a]));
    const counts = new Map<string | number, Map<number, number>>();
    for (const from of [...new Set(froms)].sort(compare)) counts.set(from, new Map());
    froms.forEach((from, n) => {
      const own = counts.get(from)!;
      for (const expert of chosen[n]) own.set(expert, (own.get(expert) ?? 0) + 1);
    });
    return [...counts].flatMap(([from, own]) =>
      [...own].sort(([a], [b]) => a - b).map(([expert, count]) => ({ layer: layers?.[i] ?? i, from, expert, count })),
    );
  });
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

/** The share of tokens that each expert of each layer has got after so many tokens of a text: for `loadChart`, with tokens read as
 *  steps. @param options.stops at how many lengths of the text, at most; default 60
 *  @example
 *  const routing = routeTopK(randn([3, 4], new Generator(1)), { topK: 1 });
 *  loadRows(routing).map(({ step }) => step); // => [1, 2, 3] */
export function loadRows(
  routings: Routings,
  { stops = 60, by }: { readonly stops?: number; readonly by?: string } = {},
): { by?: string; step: number; load: number[][] }[] {
  checkIntegers("loadRows", { stops }, { from: 1 });
  const all = Array.isArray(routings) ? (routings as readonly Routing[]) : [routings as Routing];
  checkRoutings("loadRows", all);
  const nToken = all[0]?.nToken ?? 0;
  const count = Math.min(nToken, stops);
  return Array.from({ length: count }, (_, i) => {
    const step = Math.ceil(((i + 1) * nToken) / count);
    const load = all.map(({ experts, tokens, nExpert }) => loadOf(experts, nExpert, (a) => tokens[a] < step));
    return { ...(by !== undefined && { by }), step, load };
  });
}

/** Each token at the expert where it has a place, or before the one where it found none: for `queues`.
 *  @param tokens [N] texts; a text itself gives its characters  @param by what these rows are called beside others
 *  @example
 *  const crowd = routeTopK(tensor([[2, 1], [2, 1]]), { topK: 1, capacityFactor: 1, overflow: "drop" });
 *  queueRows(crowd, "ab").map(({ token, status }) => [token, status]); // => [["a", "kept"], ["b", "dropped"]] */
export function queueRows(
  routing: Pick<Routing, "nToken" | "tokens" | "experts" | "wanted" | "positions" | "skipped">,
  tokens: Iterable<string>,
  by?: string,
): { by?: string; token: string; expert: number; status: Status }[] {
  const texts = textsOf("queueRows", tokens, routing.nToken);
  return Array.from(routing.tokens, (n, i) => ({
    ...(by !== undefined && { by }),
    token: texts[n],
    expert: routing.positions[i] >= 0 ? routing.experts[i] : routing.wanted[i],
    status: statusOf(routing, i),
  }));
}

function checked(who: string, routings: Routings, texts: Iterable<string>): [readonly Routing[], string[]] {
  const all = Array.isArray(routings) ? (routings as readonly Routing[]) : [routings as Routing];
  checkRoutings(who, all);
  return [all, textsOf(who, texts, all[0]?.nToken ?? 0)];
}

function textsOf(who: string, texts: Iterable<string>, nToken: number): string[] {
  const list = [...texts];
  if (list.length === nToken) return list;
  throw new RangeError(`${who} needs a text for each of ${nToken} tokens, got ${list.length}`);
}
