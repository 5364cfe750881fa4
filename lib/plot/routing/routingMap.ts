import * as Plot from "@observablehq/plot";
import { printable } from "../escape.js";
import { Figure } from "../figure.js";
import { draw, head } from "../frame.js";
import { checkSize, headHeight, type FrameOptions } from "../options.js";
import { colour } from "../palette.js";

/** One token's routing. */
export interface RoutedTokenRow {
  /** The token as text. */
  readonly token: string;
  /** [E] probability of each expert. */
  readonly probs: readonly number[];
  /** The chosen experts, by number. */
  readonly experts: readonly number[];
}

/** Who is sent where: a column a token, a row an expert, stronger in colour the likelier; a ring around each choice. */
export function routingMap(rows: readonly RoutedTokenRow[], options: FrameOptions = {}): Figure {
  const wrong = rows.findIndex((row) => !Array.isArray(row.probs) || !Array.isArray(row.experts));
  if (wrong >= 0)
    throw new TypeError(`routingMap needs rows with 'token', 'probs' and 'experts'; row ${wrong} has not`);
  const nExpert = rows[0]?.probs.length ?? 0;
  const width = checkSize("routingMap", "width", options.width ?? 680);
  const title = options.title ?? "Which expert for which token?";
  const subtitle = options.subtitle ?? "colour: the router's probability, full at the highest · ring: chosen";
  const top = headHeight(title, subtitle) + 26;
  const height = checkSize("routingMap", "height", options.height ?? Math.max(120, top + 22 * nExpert + 14));
  // An undecided router is to be seen too: the highest probability has the full colour.
  const largest = rows.reduce((most, row) => Math.max(most, ...row.probs), 1e-9);
  const cells = rows.flatMap((row, x) =>
    row.probs.map((p, e) => ({
      ...{ x, e, shade: p / largest, chosen: row.experts.includes(e) },
      words: words(row.token, e, p),
    })),
  );
  const markup = draw({
    width,
    height,
    marginTop: top,
    marginBottom: 8,
    marginLeft: 76,
    marginRight: 8,
    x: { domain: rows.map((_, x) => x), axis: null },
    y: { domain: Array.from({ length: nExpert }, (_, e) => e), axis: null },
    marks: [
      Plot.cell(cells, { x: "x", y: "e", inset: 1, fill: colour("moe"), fillOpacity: "shade", title: "words" }),
      Plot.cell(
        cells.filter((cell) => cell.chosen),
        { x: "x", y: "e", inset: 1, fill: "none", stroke: colour("ink"), strokeWidth: 1.5 },
      ),
      Plot.text(
        rows.map((row, x) => ({ x, text: shown(row.token) })),
        {
          x: "x",
          text: "text",
          frameAnchor: "top",
          dy: -14,
          fill: colour("ink"),
          fontFamily: "ui-monospace, monospace",
        },
      ),
      Plot.text(
        Array.from({ length: nExpert }, (_, e) => ({ e, name: `expert ${e + 1}` })),
        {
          y: "e",
          text: "name",
          frameAnchor: "left",
          textAnchor: "end",
          dx: -8,
          fill: colour("muted"),
        },
      ),
      ...head(title, subtitle),
    ],
    opacity: { type: "identity" },
  });
  const used = new Set(rows.flatMap((row) => row.experts)).size;
  const description = `${title} ${rows.length} tokens and ${nExpert} experts, of which ${used} are chosen.`;
  return new Figure({ name: "routing-map", width, height, markup, description, last: rows.at(-1) ?? null });
}

/** A space and a line end as something that one sees. */
const shown = (token: string): string => printable(token === " " ? "␣" : token === "\n" ? "⏎" : token);
const words = (token: string, expert: number, p: number): string =>
  `${shown(token)}: expert ${expert + 1} ${(100 * p).toFixed(1)} %`;
