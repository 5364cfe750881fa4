import { group, greatest, max, median, rollup, sum } from "d3";
import { counted, percent } from "../../text/numbers.js";
import { clip } from "../../text/show.js";
import { Figure } from "../figure.js";
import { LETTER, type FrameOptions, Options, shorten } from "../options.js";
import { below, fill, muted, picture, rect, stroke, words } from "../marks/svg.js";
import { visible } from "../routing/token.js";
import { type Accessors, amount, type Columns, index, optional, readRows, text } from "../rows/columns.js";

/** How often one token went to one expert. Rows of one token and expert add up, so a row may be one occurrence. */
export interface TopTokenRow {
  readonly expert: number;
  readonly token: string;
  /** Occurrences; default 1. */
  readonly count?: number;
  /** What each of them counts, such as the weight of the expert; default 1. */
  readonly weight?: number;
}

export interface TopTokensOptions extends FrameOptions {
  /** Experts that are shown: the busiest; default 24. */
  readonly most?: number;
}

const COLUMNS: Columns<TopTokenRow> = {
  expert: index,
  token: text,
  count: optional(amount),
  weight: optional(amount),
};
const TOP = 5; // tokens that the title speaks of
const CELL = { width: 92, most: 8 }; // px, and tokens of one expert
const LEFT = 88;
const ROW = 38;
const FEW = 0.25; // of the average expert's work: with less, an expert's tokens say little

/** The tokens that each expert gets most, with their share of its work. Orange: most of the token's occurrences go to this expert; blue:
 *  most go elsewhere, so a frequent token is blue everywhere. Of more than 24 experts the busiest are shown.
 *  @example
 *  const figure = topTokens([{ expert: 0, token: "the", count: 3 }, { expert: 0, token: "sea" }]);
 *  figure.facts // => { experts: 1, work: 4, narrowest: 0, share: 1, typical: 1 }
 */
export function topTokens<T extends object>(
  rows: Iterable<T>,
  options: TopTokensOptions & Accessors<TopTokenRow, T>,
): Figure;
export function topTokens(rows: Iterable<TopTokenRow>, options?: TopTokensOptions): Figure;
export function topTokens(data: Iterable<object>, options: TopTokensOptions = {}): Figure {
  const rows = readRows("topTokens", data, COLUMNS, options);
  const given = new Options("topTokens", options);
  const width = given.size("width", 680);
  const most = given.count("most") ?? 24;
  const everywhere = rollup(
    rows,
    (own) => sum(own, amountOf),
    ({ token }) => token,
  );
  const all = [...group(rows, ({ expert }) => expert)]
    .map(([expert, own]) => expertOf(expert, own))
    .filter(({ work }) => work > 0)
    .sort((a, b) => b.work - a.work || a.expert - b.expert);
  const shown = all.slice(0, most).sort((a, b) => a.expert - b.expert);
  const total = sum(all, ({ work }) => work);
  const facts = factsOf(all, total);
  const isWeighted = rows.some(({ weight }) => weight !== undefined);
  const head = given.head(
    finding(facts),
    `share of the expert's ${isWeighted ? "work, by weight" : "tokens"} · orange: over half of the token's occurrences`,
    all.length > shown.length
      ? `the ${shown.length} busiest, with ${percent(sum(shown, ({ work }) => work) / total)} of all, and ${all.length - shown.length} others`
      : "",
  );
  const top = below(head, width) + 18;
  const abreast = Math.max(1, Math.min(CELL.most, Math.floor((width - LEFT) / CELL.width)));
  const cell = Math.min(150, (width - LEFT) / abreast);
  const largest = max(shown, ({ tokens }) => tokens[0].share) ?? 1;
  const bar = Math.max(8, cell - 56);
  const lines = shown.map(({ expert, work, tokens }, i) => {
    const y = top + i * ROW;
    const cells = tokens.slice(0, abreast).map(({ token, share, amount }, c) => {
      const x = LEFT + c * cell;
      const part = amount / everywhere.get(token)!;
      const long = Math.max((share / largest) * bar, 1);
      const hint = `${clip(visible(token), 80)}: ${percent(share)} of expert ${expert}, which has ${percent(part)} of this token's`;
      return (
        words(
          x,
          y + 12,
          shorten(visible(token), (cell - 8) / LETTER.mono),
          `class="token" ${fill("ink")} font-family="ui-monospace, monospace"`,
        ) +
        rect(x, y + 18, long, 8, `class="share" ${fill(part > 0.5 ? "moe" : "dense")}`, hint) +
        words(x + long + 4, y + 26, percent(share), `font-size="11" ${muted}`)
      );
    });
    return (
      `<g class="expert"><path d="M0,${y - 5}H${width}" ${stroke("grid")}/>` +
      words(2, y + 12, `expert ${expert}`, `font-weight="600" ${fill("ink")}`) +
      words(2, y + 26, `${percent(work / total)} of all`, `font-size="11" ${muted}`) +
      `${cells.join("")}</g>`
    );
  });
  const isEmpty = shown.length === 0;
  const height = given.size("height", isEmpty ? top + 20 : top + shown.length * ROW);
  return new Figure({
    name: "top-tokens",
    width,
    height,
    markup: picture(width, height, head, isEmpty ? words(2, top + 4, "no tokens yet", muted) : lines.join("")),
    description: describe(head.title, all),
    facts,
  });
}

const amountOf = ({ count = 1, weight = 1 }: TopTokenRow): number => count * weight;

interface Expert {
  readonly expert: number;
  /** Sum over its tokens. */
  readonly work: number;
  /** The largest share first. */
  readonly tokens: readonly { readonly token: string; readonly amount: number; readonly share: number }[];
}

function expertOf(expert: number, rows: readonly TopTokenRow[]): Expert {
  const amounts = rollup(
    rows,
    (own) => sum(own, amountOf),
    ({ token }) => token,
  );
  const work = sum(amounts.values());
  const tokens = [...amounts]
    .filter(([, amount]) => amount > 0)
    .map(([token, amount]) => ({ token, amount, share: amount / work }))
    .sort((a, b) => b.amount - a.amount);
  return { expert, work, tokens };
}

const topShare = ({ tokens }: Expert): number =>
  Math.min(
    1,
    sum(tokens.slice(0, TOP), ({ share }) => share),
  );

interface Facts {
  /** With tokens. */
  readonly experts: number;
  /** Of all experts. */
  readonly work: number;
  /** The expert whose five most frequent tokens are the largest share of its work, and that share; null where there is none. */
  readonly narrowest: number | null;
  readonly share: number | null;
  /** The same share of the middle expert. */
  readonly typical: number | null;
}

function factsOf(all: readonly Expert[], work: number): Facts {
  const busy = all.filter((one) => one.work * all.length >= FEW * work);
  const narrowest = greatest(busy, (a, b) => topShare(a) - topShare(b) || b.expert - a.expert);
  return {
    ...{ experts: all.length, work },
    ...{ narrowest: narrowest?.expert ?? null, share: narrowest ? topShare(narrowest) : null },
    typical: median(busy, topShare) ?? null,
  };
}

function finding({ experts, narrowest, share, typical }: Facts): string {
  if (narrowest === null || share === null || typical === null) return "Which tokens an expert gets";
  const own = `the ${TOP} most frequent tokens are ${percent(share)} of its work`;
  return experts === 1
    ? `Expert ${narrowest}: ${own}`
    : `Expert ${narrowest} is the most specialized: ${own}, ${percent(typical)} for the median expert`;
}

const SAID = 6; // experts, and tokens of each

function describe(title: string, all: readonly Expert[]): string {
  const parts = all.slice(0, SAID).map(({ expert, tokens }) => {
    const own = tokens.slice(0, 3).map(({ token, share }) => `${clip(visible(token), 24)} ${percent(share)}`);
    return `expert ${expert}: ${own.join(", ")}`;
  });
  const more = all.length > SAID ? [`and ${all.length - SAID} more`] : [];
  return `${[title, counted(all.length, "expert"), ...parts, ...more].join("; ")}.`;
}
