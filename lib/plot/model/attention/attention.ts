import { grouped, percent } from "../../../text/numbers.js";
import { show } from "../../../text/show.js";
import { HtmlFigure } from "../../figure.js";
import { type FrameOptions, Options, shorten } from "../../options.js";
import { visible } from "../../routing/token.js";
import { type Accessors, type Columns, index, matrix, optional, readRows, texts } from "../../rows/columns.js";
import { chosenHeads, page } from "./page.js";
import { LEAST, stillFigure } from "./lines.js";
import { byPlace, type Head, inTurn, nameOf, seen, type SeenHead } from "./heads.js";

/** The weights of one head of one layer, over one text. */
export interface AttentionRow {
  readonly layer: number;
  readonly head: number;
  /** [T][T]: how much the token of each row takes from the token of each column: shares from 0 to 1. */
  readonly weights: readonly (readonly number[])[];
}

export interface AttentionOptions extends Omit<FrameOptions, "height"> {
  /** The T tokens; default their numbers. */
  readonly tokens?: readonly string[];
  /** What is chosen at first: a head, counted from 0 as in the rows, default the clearest that looks at a neighbor; and the place of a
   *  token, default the last one. */
  readonly start?: { readonly layer?: number; readonly head?: number; readonly token?: number };
}

const COLUMNS: Columns<AttentionRow> = { layer: index, head: index, weights: matrix };
const TOKENS = 24; // shown: more do not fit a page, nor an eye
const BYTES = 58_500; // of all of it
const LETTERS = 24; // of a token
const SLACK = 0.01; // float16 rounds

/** Attention by head: a small picture of each, and one of them large: its tokens twice, with a line from each to those that it looks at.
 *  Mouse, touch and arrow keys choose the head and the token, without a script: radio buttons and style rules. Of many heads the clearest
 *  of each kind are shown, of a long text the first 24 tokens. Where styles are taken away, a still picture of the first head remains.
 *  Throws where weights are no shares, or not [T][T].
 *  @example
 *  const weights = [[1, 0, 0], [0.9, 0.1, 0], [0.1, 0.8, 0.1]];
 *  attention([{ layer: 0, head: 0, weights }], { tokens: ["the", "cat", "sat"] }).facts; // => { heads: 1, tokens: 3, looks: { "the token before": 1 } } */
export function attention<T extends object>(
  rows: Iterable<T>,
  options: AttentionOptions & Accessors<AttentionRow, T>,
): HtmlFigure;
export function attention(rows: Iterable<AttentionRow>, options?: AttentionOptions): HtmlFigure;
export function attention(data: Iterable<object>, options: AttentionOptions = {}): HtmlFigure {
  const rows = readRows("attention", data, COLUMNS, options);
  const given = new Options("attention", options);
  const width = given.size("width", 680);
  const length = rows[0]?.weights.length ?? 0;
  checkWeights(rows, length);
  const all = tokensOf(given, length);
  const tokens = all.slice(0, TOKENS).map((token) => shorten(visible(token), LETTERS));
  const heads = rows.map(seen);
  const groups = byPlace(heads);
  const start = startOf(given, inTurn(groups), tokens.length);

  const kinds = groups.map(([place, own]) => `${grouped(own.length)} at ${place}`).join(", ");
  const who =
    heads.length === 1 ? "1 head of attention mostly looks" : `${grouped(heads.length)} heads of attention mostly look`;
  const headed = (note = "") =>
    given.head(
      heads.length > 0 ? `Where ${who}: ${kinds}` : "No heads of attention yet",
      `left: the token that looks; right: what it looks at, where that is ${percent(LEAST)} of its attention or more`,
      [tokens.length < length ? `the first ${tokens.length} of ${grouped(length)} tokens` : "", note],
    );
  const words = headed();
  const still = stillFigure(start.head, start.token, tokens, words, width);
  const parts = { still, groups, start, tokens };
  const alone = page({ ...parts, ...words, chosen: start.head ? [start.head] : [], isWhole: true });
  const chosen = chosenHeads(groups, start.head, tokens, BYTES - alone.length);
  const isWhole = chosen.length === heads.length;
  const note = isWhole ? "" : `${chosen.length} of ${grouped(heads.length)} heads: the clearest of each kind`;
  const looks = Object.fromEntries(groups.map(([place, own]) => [place, own.length]));
  return new HtmlFigure({
    name: "attention",
    description: still.description,
    facts: { heads: heads.length, tokens: length, looks },
    html: () => page({ ...parts, ...headed(note), chosen, isWhole }),
  });
}

/** What is chosen when nobody has chosen yet. */
export interface Start {
  readonly head: SeenHead | undefined;
  readonly token: number;
}

function startOf(given: Options<AttentionOptions>, order: readonly SeenHead[], length: number): Start {
  const wanted: unknown = given.given.start;
  if (wanted === undefined) return { head: order[0], token: length - 1 };
  if (typeof wanted !== "object" || wanted === null)
    throw new TypeError(`attention needs an object with layer, head or token as start, got ${show(wanted)}`);
  const columns = { layer: optional(index), head: optional(index), token: optional(index) };
  const [{ layer, head, token = length - 1 }] = readRows("attention with start", [wanted], columns);
  const found = order.find((one) => one.layer === (layer ?? one.layer) && one.head === (head ?? one.head));
  if (order.length > 0 && !found)
    throw new RangeError(`attention has no head ${show(head)} of layer ${show(layer)} to start with`);
  if (token >= Math.max(length, 1))
    throw new RangeError(`attention needs a token below ${length} to start with, got ${token}`);
  return { head: found, token };
}

function tokensOf(given: Options<AttentionOptions>, length: number): readonly string[] {
  const tokens = given.read("tokens", texts);
  if (!tokens) return Array.from({ length }, (_, i) => String(i));
  if (length > 0 && tokens.length !== length)
    throw new RangeError(`attention needs as many tokens as weights have rows, ${length}, got ${tokens.length}`);
  return tokens;
}

function checkWeights(rows: readonly Head[], length: number): void {
  if (rows.length > 0 && length === 0)
    throw new RangeError("attention needs weights of one token or more, row 0 has none");
  const names = new Set<string>();
  rows.forEach((row, i) => {
    const name = nameOf(row);
    if (names.has(name)) throw new RangeError(`attention needs one row a head, row ${i} has ${name} again`);
    names.add(name);
    if (row.weights.length !== length || row.weights.some((own) => own.length !== length))
      throw new RangeError(
        `attention needs weights of ${length} tokens by ${length}, as row 0 has, row ${i} has others`,
      );
    for (const own of row.weights) {
      let sum = 0;
      for (const weight of own) {
        if (weight < 0 || weight > 1 + SLACK)
          throw new RangeError(`attention needs weights from 0 to 1, row ${i} has ${weight}`);
        sum += weight;
      }
      if (sum > 1 + SLACK)
        throw new RangeError(`attention needs weights of a token that sum to 1 at most, row ${i} has ${sum}`);
    }
  });
}
