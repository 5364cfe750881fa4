import { greatest, group, max, rollup, sum } from "d3";
import { counted, digits, grouped, percent } from "../../text/numbers.js";
import { clip } from "../../text/show.js";
import { Figure, HtmlFigure } from "../figure.js";
import { slider } from "../interactive/slider.js";
import { legend, line } from "../marks/legend.js";
import { expertsOf, type FrameOptions, Options } from "../options.js";
import { below, fill, muted, picture, words } from "../marks/svg.js";
import { visible } from "../routing/token.js";
import {
  type Accessors,
  type Columns,
  either,
  index,
  numbers,
  optional,
  readRows,
  share,
  text,
} from "../rows/columns.js";
import { sample } from "../rows/series.js";
import { colorsOf, LINE, linesOf, type Placed, stripMarkup } from "./stripLayout.js";

/** One token of a text in one layer, in the order of the text. */
export interface TokenRow {
  readonly token: string;
  /** 0 is the first; default 0. */
  readonly layer?: number;
  /** Where it went; of several experts, the one with the largest weight first. */
  readonly expert: number | ArrayLike<number>;
  /** Weight of the (first) expert, from 0 to 1: the larger, the darker. Default: all alike. */
  readonly weight?: number;
  /** Rows of one name are one text: a model, a document. */
  readonly by?: string | number;
}

export interface TokenStripOptions extends FrameOptions {
  /** E; default one more than the largest expert of the rows. */
  readonly nExpert?: number;
  /** Draws this layer alone; the chooser begins with it. Default: up to four layers, one below another. */
  readonly onlyLayer?: number;
}

interface Read extends Omit<TokenRow, "expert"> {
  readonly expert: number | readonly number[];
}

const COLUMNS: Columns<Read> = {
  token: text,
  expert: either(index, numbers),
  layer: optional(index),
  weight: optional(share),
  by: optional(either(text, index)),
};
const STRIPS = 4; // one below another
const CHOICES = 12; // layers of the chooser
const TOKENS = 800; // in all strips
const LINES = 48;
const HEADING = 22; // px

/** A text colored by where its tokens go: under each stretch of tokens that share an expert stand a bar in that expert's color and
 *  its number. Up to eight experts have a color, of more the busiest eight. The title compares neighbors with chance: the same tokens
 *  in any other order. Of long texts the beginning is shown.
 *  @example
 *  const figure = tokenStrip([{ token: "The", expert: 1 }, { token: " whale", expert: 1 }, { token: ".", expert: 0 }]);
 *  figure.facts // => { tokens: 3, experts: 2, neighbors: 0.5, chance: 1 / 3 }
 */
export function tokenStrip<T extends object>(
  rows: Iterable<T>,
  options: TokenStripOptions & Accessors<TokenRow, T>,
): Figure;
export function tokenStrip(rows: Iterable<TokenRow>, options?: TokenStripOptions): Figure;
export function tokenStrip(data: Iterable<object>, options: TokenStripOptions = {}): Figure {
  const { tokens, nExpert } = readTokens("tokenStrip", data, options);
  const only = new Options("tokenStrip", options).count("onlyLayer");
  return stripFigure(
    "tokenStrip",
    only === undefined ? tokens : tokens.filter(({ layer }) => layer === only),
    { nExpert, tokens: TOKENS, lines: LINES },
    options,
  );
}

/** The same text in each layer, one at a time, chosen by radio buttons without a script; of more than twelve layers, twelve evenly
 *  spread ones. */
export function tokenStripByLayer<T extends object>(
  rows: Iterable<T>,
  options: TokenStripOptions & Accessors<TokenRow, T>,
): HtmlFigure;
export function tokenStripByLayer(rows: Iterable<TokenRow>, options?: TokenStripOptions): HtmlFigure;
export function tokenStripByLayer(data: Iterable<object>, options: TokenStripOptions = {}): HtmlFigure {
  const figure = "tokenStripByLayer";
  const { tokens, nExpert } = readTokens(figure, data, options);
  const start = new Options(figure, options).count("onlyLayer");
  const layers = [...group(tokens, ({ layer }) => layer)].sort(([a], [b]) => a - b);
  const shown = sample(layers, CHOICES);
  const least = layers.length > shown.length ? `${shown.length} of ${layers.length} layers` : "";
  const limits = { nExpert, tokens: Math.ceil(TOKENS / Math.max(shown.length, 1)), lines: LINES, note: least };
  const draw = (own: readonly Token[], height = 0): Figure => stripFigure(figure, own, { ...limits, height }, options);
  const height = max(shown, ([, own]) => draw(own).height); // so that nothing jumps
  const drawn = shown.map(([layer, own]): [string, Figure] => [String(layer + 1), draw(own, height)]);
  if (drawn.length > 1) {
    const first = drawn.find(([name]) => name === String((start ?? -1) + 1)) ?? drawn[0];
    return slider(drawn, { label: "layer", start: first[0] });
  }
  const alone = drawn[0]?.[1] ?? draw([]);
  return new HtmlFigure({ ...said(alone), html: () => alone.html() });
}

const said = ({ name, description, facts }: Figure) => ({ name, description, facts });

interface Token extends Placed {
  readonly layer: number;
  readonly by: string;
}

function readTokens(figure: string, data: Iterable<object>, options: TokenStripOptions) {
  const rows = readRows(figure, data, COLUMNS, options);
  const heaviest = max(rows, ({ weight }) => weight) ?? 0;
  const tokens = rows.map(({ token, expert, weight, layer = 0, by = "" }, i): Token => {
    const all = typeof expert === "number" ? [expert] : expert;
    const wrong = all.find((e) => !(Number.isInteger(e) && e >= 0 && e < 10_000));
    if (wrong !== undefined || all.length === 0)
      throw new RangeError(
        `${figure} needs an index from 0 to 9,999, or a list of them, as 'expert', row ${i} has ${wrong ?? "an empty list"}`,
      );
    const others = all.length > 1 ? `, then ${all.slice(1, 9).join(", ")}` : "";
    const weighs = weight === undefined ? "" : `, weight ${digits(weight, 3)}`;
    return {
      ...{ token, layer, by: String(by), expert: all[0] },
      hint: `${clip(visible(token), 80)}: expert ${all[0]}${weighs}${others}`,
      strength: weight === undefined ? 0.75 : heaviest > 0 ? weight / heaviest : 0 * weight, // NaN stays NaN
    };
  });
  return { tokens, nExpert: expertsOf({ figure, given: options }, tokens) };
}

interface Limits {
  readonly nExpert: number;
  /** Most tokens, and most lines of text. */
  readonly tokens: number;
  readonly lines: number;
  readonly note?: string;
  /** The least height, in pixels. */
  readonly height?: number;
}

function stripFigure(figure: string, all: readonly Token[], limits: Limits, options: TokenStripOptions): Figure {
  const given = new Options(figure, options);
  const width = given.size("width", 680);
  const strips = [...group(all, ({ by, layer }) => JSON.stringify([by, layer])).values()].sort(
    ([a], [b]) => a.layer - b.layer,
  );
  const shown = sample(strips, STRIPS);
  const counts = rollup(
    shown.flat(),
    (own) => own.length,
    ({ expert }) => expert,
  );
  const colors = colorsOf(counts, limits.nExpert);
  const laid = shown.map((strip) =>
    linesOf(
      strip.slice(0, Math.floor(limits.tokens / shown.length)),
      width - 4,
      Math.floor(limits.lines / shown.length),
    ),
  );
  const drawn = sum(laid, (strip) => strip.shown);
  const total = sum(shown, (strip) => strip.length);
  const bad = all.filter(({ strength }) => Number.isNaN(strength)).length;
  const facts = factsOf(all, strips);
  const head = given.head(
    finding(facts, all),
    `number and color below the text: its expert${new Set(all.map(({ strength }) => strength)).size > 1 ? " · darker: a larger weight" : ""}`,
    [
      drawn < total ? `the first ${grouped(drawn)} of ${grouped(total)} tokens` : "",
      strips.length > shown.length
        ? `${shown.length} of ${strips.length} ${shown[0][0].by === "" ? "layers" : "texts and layers"}`
        : "",
      limits.note ?? "",
      colors.size < counts.size ? `in color: the ${colors.size} busiest of ${limits.nExpert} experts` : "",
      bad > 0 ? `in red: ${bad} without a number as weight` : "",
    ],
  );
  const key = legend(
    [...colors].map(([expert, tint]) => ({ name: `expert ${expert}`, color: tint, sign: line })),
    width,
  );
  let y = below(head, width) + (key.height > 0 ? key.height + 12 : 0);
  const names = namesOf(shown);
  const body = laid.map(({ lines }, s) => {
    const heading = names[s]
      ? words(2, y + 12, clip(names[s], Math.floor(width / 8)), `font-weight="600" ${fill("ink")}`)
      : "";
    y += names[s] ? HEADING : 0;
    const markup = stripMarkup(lines, colors, 2, y);
    y += lines.length * LINE + 4;
    return heading + markup;
  });
  const waiting = all.length === 0 ? words(2, y + 14, "no tokens yet", muted) : "";
  const height = given.size("height", Math.max(y + (waiting ? 24 : 4), 60, limits.height ?? 0));
  return new Figure({
    name: "token-strip",
    width,
    height,
    markup: picture(width, height, head, key.at(below(head, width)) + body.join("") + waiting),
    description: describe(head.title, strips),
    facts,
  });
}

/** One name for each strip that tells it from the others; "" where there is one strip. */
function namesOf(strips: readonly (readonly Token[])[]): string[] {
  const differ = (of: (token: Token) => unknown) => new Set(strips.map(([first]) => of(first))).size > 1;
  const [byDiffers, layersDiffer] = [differ(({ by }) => by), differ(({ layer }) => layer)];
  return strips.map(([{ by, layer }]) =>
    [byDiffers ? clip(by || "text", 60) : "", layersDiffer ? `layer ${layer + 1}` : ""].filter(Boolean).join(" · "),
  );
}

interface Facts {
  readonly tokens: number;
  /** That have a token. */
  readonly experts: number;
  /** Share of neighboring tokens that have one expert; null where there are no neighbors. */
  readonly neighbors: number | null;
  /** The same, for the tokens of each strip in any order. */
  readonly chance: number | null;
}

function factsOf(all: readonly Token[], strips: readonly (readonly Token[])[]): Facts {
  const pairs = sum(strips, (strip) => strip.length - 1);
  const equal = sum(strips, (strip) => strip.filter(({ expert }, i) => i > 0 && strip[i - 1].expert === expert).length);
  const byChance = sum(strips, (strip) => {
    const counts = rollup(
      strip,
      (own) => own.length,
      ({ expert }) => expert,
    );
    return sum(counts.values(), (n) => n * (n - 1)) / Math.max(strip.length, 1); // (N − 1) pairs of Σ n(n − 1) / N(N − 1)
  });
  return {
    tokens: all.length,
    experts: new Set(all.map(({ expert }) => expert)).size,
    neighbors: pairs > 0 ? equal / pairs : null,
    chance: pairs > 0 ? byChance / pairs : null,
  };
}

function finding({ tokens, neighbors, chance }: Facts, all: readonly Token[]): string {
  if (tokens === 0) return "Which token goes to which expert";
  if (neighbors === null || chance === null)
    return tokens === 1 ? `The token goes to expert ${all[0].expert}` : `${tokens} texts of one token`;
  return `Neighbors share an expert in ${percent(neighbors)} of cases, ${percent(chance)} by chance`;
}

const SAID = 4; // strips, and experts of each

function describe(title: string, strips: readonly (readonly Token[])[]): string {
  if (strips.length === 0) return `${title}: no tokens.`;
  const names = namesOf(strips);
  const parts = strips.slice(0, SAID).map((strip, s) => {
    const counts = rollup(
      strip,
      (own) => own.length,
      ({ expert }) => expert,
    );
    const [expert, most] = greatest(counts, ([e, a], [f, b]) => a - b || f - e)!;
    return `${names[s] ? `${names[s]}: ` : ""}${counted(strip.length, "token")} at ${counted(counts.size, "expert")}, most at expert ${expert} (${percent(most / strip.length)})`;
  });
  const more = strips.length > SAID ? `; and ${strips.length - SAID} more` : "";
  return `${title}; ${parts.join("; ")}${more}.`;
}
