import { grouped, inWords, percent, short } from "../../../text/numbers.js";
import { show } from "../../../text/show.js";
import { Figure } from "../../figure.js";
import { type FrameOptions, Options } from "../../options.js";
import { below, picture } from "../../marks/svg.js";
import { type Column, columnHeight, columnMarkup } from "./column.js";
import {
  isEqual,
  type PlaceName,
  PLACES,
  places,
  type Sizes,
  type Sums,
  sumsOf,
  totalOf,
  totals,
  type TwinRow,
} from "./sums.js";

export interface Twins {
  readonly dense: Iterable<TwinRow>;
  readonly moe: Iterable<TwinRow>;
}

export interface TwinBlocksOptions extends Omit<FrameOptions, "height"> {
  /** Layers of both, written beside the block. */
  readonly nLayer?: number;
  /** E experts, of which topK work on a token; default as many as the active parameters say, where they say it. */
  readonly nExpert?: number;
  readonly topK?: number;
  /** Parts in color, and what the title speaks of: those that a page is about. Default: the parts that differ. */
  readonly lit?: readonly PlaceName[];
}

/** Both twins as block diagrams beside each other, what is equal in gray and what differs in color: as a rule one part alone, the
 *  feed-forward layer, in whose place a router and experts stand, of which few are lit. Which parts differ, the rows say.
 *  @example
 *  const dense = [{ component: "attention", total: 4 }, { component: "feed-forward", total: 8 }];
 *  const moe = [dense[0], { component: "router", total: 1, active: 1 }, { component: "expert", total: 32, active: 8 }];
 *  twinBlocks({ dense, moe }, { nExpert: 8 }).facts; // => { dense: { total: 12, active: 12 }, moe: { total: 37, active: 13 }, differ: ["feedForward"], experts: [2, 8] } */
export function twinBlocks(twins: Twins, options: TwinBlocksOptions = {}): Figure {
  if (typeof twins !== "object" || twins === null)
    throw new TypeError(`twinBlocks needs an object with the rows of dense and of moe, got ${show(twins)}`);
  const dense = sumsOf("dense", twins.dense);
  const moe = sumsOf("moe", twins.moe);
  const given = new Options("twinBlocks", options);
  const width = given.size("width", 680);
  const nLayer = given.count("nLayer");
  const differ = places.filter((name) => !isEqual(totalOf(dense[name]), totalOf(moe[name])));
  const experts = expertsOf(given, moe);
  const [all, other] = [totals(dense), totals(moe)];
  const lit = litOf(options.lit);
  const head = given.head(
    lit ? sharesOf(lit, dense, moe) : finding(differ, dense, moe),
    lit
      ? `in color: ${listed(lit.map((name) => PLACES[name]))}; full color: what works on a token`
      : "gray: equal in both · in color: what differs; full color: what works on a token",
    // A reader would multiply the number in a block by the "× 4" in its corner.
    [(nLayer ?? 1) > 1 ? `sizes: all ${nLayer} blocks together` : ""],
  );
  const top = below(head, width) + 4;
  const column = (width - 20) / 2;
  const write = width < 560 ? short : inWords;
  const parts = { lit: lit ?? differ, nLayer, width: column, write };
  const columns: Column[] = [
    { ...parts, name: "dense", color: "dense", sums: dense, sizes: all, experts: undefined },
    { ...parts, name: "MoE", color: "moe", sums: moe, sizes: other, experts },
  ];
  const body = columns.map(
    (one, i) => `<g transform="translate(${i * (column + 20)},${top})">${columnMarkup(one)}</g>`,
  );
  const some = other.active < other.total ? `, of which ${inWords(other.active)} work on a token` : "";
  const few = experts.length === 2 ? ` ${grouped(experts[0])} of ${grouped(experts[1])} experts work on a token.` : "";
  return new Figure({
    name: "twins",
    width,
    height: top + columnHeight + 6,
    markup: picture(width, top + columnHeight + 6, head, body.join("")),
    description: `${head.title}. Dense: ${inWords(all.total)} parameters; MoE: ${inWords(other.total)}${some}.${few}`,
    facts: { dense: all, moe: other, differ, ...(lit ? { lit } : {}), ...(experts.length === 2 ? { experts } : {}) },
  });
}

/** [k, E] where they are known; else [the share that works], or nothing where there are no experts. */
function expertsOf(given: Options<TwinBlocksOptions>, { feedForward }: Sums): readonly number[] {
  const sizes = feedForward.experts as Sizes | undefined;
  const [nExpert, topK] = [given.count("nExpert"), given.count("topK")];
  if (nExpert !== undefined && topK !== undefined && topK > nExpert)
    throw new RangeError(`twinBlocks needs a topK of ${nExpert} experts or less, got ${topK}`);
  if (!sizes || sizes.total === 0) return [];
  const share = sizes.active / sizes.total;
  const k = topK ?? (nExpert === undefined ? NaN : share * nExpert);
  const all = nExpert ?? (share > 0 ? k / share : NaN);
  const isWhole = [k, all].every((n) => Math.abs(n - Math.round(n)) < 0.02 && Math.round(n) > 0);
  return isWhole ? [Math.round(k), Math.round(all)] : [share];
}

function litOf(lit: unknown): readonly PlaceName[] | undefined {
  if (lit === undefined) return undefined;
  const known = (name: unknown): boolean => places.includes(name as PlaceName);
  if (!Array.isArray(lit) || lit.length === 0 || !lit.every(known))
    throw new TypeError(
      `twinBlocks needs 'lit' to be a list of ${places.map((name) => `"${name}"`).join(", ")}, got ${Array.isArray(lit) ? `[${lit.map(show).join(", ")}]` : show(lit)}`,
    );
  return places.filter((name) => lit.includes(name));
}

/** "Attention holds 25 % of the dense twin's parameters and 8.5 % of the MoE's" */
function sharesOf(lit: readonly PlaceName[], dense: Sums, moe: Sums): string {
  const share = (sums: Sums): number =>
    lit.reduce((all, name) => all + totalOf(sums[name]), 0) / Math.max(totals(sums).total, 1);
  const words = listed(lit.map((name) => PLACES[name]));
  const isMany = lit.length > 1 || lit[0] === "norm";
  return `${words[0].toUpperCase()}${words.slice(1)} ${isMany ? "hold" : "holds"} ${percent(share(dense))} of the dense twin's parameters and ${percent(share(moe))} of the MoE's`;
}

function finding(differ: readonly PlaceName[], dense: Sums, moe: Sums): string {
  if (totals(dense).total + totals(moe).total === 0) return "No twins yet";
  const [only] = differ;
  if (only === undefined) return "The twins have the same parts";
  if (differ.length > 1) return `The twins differ in ${listed(differ.map((name) => PLACES[name]))}`;
  const [before, after] = [totalOf(dense[only]), totalOf(moe[only])];
  return `The twins differ in one part, ${PLACES[only]}: ${inWords(before)} and ${inWords(after)} parameters`;
}

/** "a", "a and b", "a, b and c" */
const listed = (all: readonly string[]): string =>
  all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all[all.length - 1]}`;
