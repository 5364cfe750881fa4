import { escapeHtml } from "../escape.js";
import { LETTER, lettersOf, shorten } from "../options.js";
import { color, type ColorName, SERIES } from "../palette.js";
import { fill, px, words } from "../marks/svg.js";
import { visible } from "../routing/token.js";

/** Colors by expert: of up to eight experts each has its own, whatever the rows hold; of more, the busiest eight.
 *  @param counts of tokens, by expert */
export function colorsOf(counts: ReadonlyMap<number, number>, nExpert: number): Map<number, ColorName> {
  const busiest =
    nExpert <= SERIES.length
      ? Array.from({ length: nExpert }, (_, e) => e)
      : [...counts]
          .sort(([e, a], [f, b]) => b - a || e - f)
          .slice(0, SERIES.length)
          .map(([expert]) => expert)
          .sort((a, b) => a - b);
  return new Map(busiest.map((expert, i) => [expert, SERIES[i]]));
}

/** One token with the expert that it went to. */
export interface Placed {
  readonly token: string;
  readonly expert: number;
  /** What the tooltip says of it. */
  readonly hint: string;
  /** Share of the full tint, from 0 to 1; NaN is marked. */
  readonly strength: number;
}

/** Tokens side by side that went to one expert. */
interface Run {
  readonly expert: number;
  readonly x: number;
  width: number;
  readonly tokens: { readonly x: number; readonly width: number; readonly text: string; readonly placed: Placed }[];
}

export const LINE = 40; // px from one line of text to the next
const DIGIT = 6.9; // px of the numbers below
const PAD = 2;
const GAP = 4; // between runs
const TINTS = 4; // strengths that can be told apart

/** A token as running text shows it: its spaces are spaces, but a token of nothing else is signs. */
const shownText = (token: string): string =>
  /\S/.test(token) ? visible(token).replaceAll("␣", "\u00a0") : visible(token);

/** Lines of at most `width` pixels; a token that ends a line of the text ends one here. @param most lines */
export function linesOf(tokens: readonly Placed[], width: number, most: number): { lines: Run[][]; shown: number } {
  const lines: Run[][] = [];
  let line: Run[] = [];
  let shown = 0;
  for (const placed of tokens) {
    const text = shorten(shownText(placed.token), (width - 2 * PAD) / LETTER.largeMono);
    const own = lettersOf(text) * LETTER.largeMono + 2 * PAD;
    let last = line.at(-1);
    let isNew = last?.expert !== placed.expert;
    let x = last ? last.x + last.width + (isNew ? GAP : 0) : 0;
    const wide = (starts: boolean): number =>
      starts ? Math.max(own, String(placed.expert).length * DIGIT + PAD) : own;
    if (last && x + wide(isNew) > width) {
      lines.push(line);
      [line, last, isNew, x] = [[], undefined, true, 0];
    }
    if (lines.length === most) return { lines, shown };
    if (isNew || !last) {
      last = { expert: placed.expert, x, width: 0, tokens: [] };
      line.push(last);
    }
    last.tokens.push({ x, width: wide(isNew), text, placed });
    last.width = x + wide(isNew) - last.x;
    shown++;
    if (placed.token.endsWith("\n")) {
      lines.push(line);
      line = [];
      if (lines.length === most) return { lines, shown };
    }
  }
  if (line.length > 0) lines.push(line);
  return { lines, shown };
}

/** The lines with their corner at x, y: a tint behind each token, below each run a bar in its expert's color and the expert's number.
 *  What has one look is one path. */
export function stripMarkup(
  lines: readonly (readonly Run[])[],
  colors: ReadonlyMap<number, ColorName>,
  x: number,
  y: number,
): string {
  const tints = new Map<string, string>();
  const bars = new Map<string, string>();
  const add = (to: Map<string, string>, look: string, path: string) => to.set(look, (to.get(look) ?? "") + path);
  const texts: string[] = [];
  const numbers: string[] = [];
  lines.forEach((line, l) => {
    const top = y + l * LINE;
    for (const run of line) {
      const own = colors.get(run.expert);
      const stroke = `stroke="${color(own ?? "grid")}"`;
      const bar = `${stroke} stroke-width="3"`;
      add(bars, bar, `M${px(x + run.x)},${px(top + 20.5)}h${px(run.width)}`);
      const tint = fill(own ?? "muted");
      numbers.push(words(x + run.x + 1, top + 33, String(run.expert), tint));
      for (const { x: at, width, text, placed } of run.tokens) {
        const isNumber = !Number.isNaN(placed.strength);
        const level = Math.max(1, Math.ceil(TINTS * placed.strength));
        if (own && isNumber)
          add(
            tints,
            `${stroke} stroke-opacity="${px(0.02 + 0.07 * level)}"`,
            `M${px(x + at)},${px(top + 10)}h${px(width - 1)}`,
          );
        const alarm = isNumber ? "" : ` ${fill("alarm")}`;
        const hint = `<title>${escapeHtml(placed.hint)}</title>`;
        texts.push(`<text x="${px(x + at + PAD)}" y="${px(top + 14)}"${alarm}>${escapeHtml(text)}${hint}</text>`);
      }
    }
  });
  const paths = (all: Map<string, string>) => [...all].map(([look, d]) => `<path ${look} d="${d}"/>`).join("");
  return (
    `<g class="strip"><g fill="none" stroke-width="18">${paths(tints)}</g><g class="bars" fill="none">${paths(bars)}</g>` +
    `<g class="tokens" font-family="ui-monospace, monospace" font-size="13" ${fill("ink")}>${texts.join("")}</g>` +
    `<g class="numbers" font-size="11">${numbers.join("")}</g></g>`
  );
}
