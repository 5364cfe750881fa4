/** The table of colors in docs/design.md, from lib/plot/palette.ts. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { format } from "prettier";
import { type ColorName, COLORS } from "../../lib/plot/palette.js";
import { root } from "./collect.js";

const PAGE = "docs/design.md";
const [START, END] = ["<!-- colors: made by npm run docs -->", "<!-- end of colors -->"];

const USES: Readonly<Partial<Record<ColorName, string>>> = {
  background: "the ground of a file; in a page, the page's own",
  ink: "titles, frames; in a page, the page's own",
  muted: "axes, subtitles, what is gathered",
  grid: "lines of the grid, empty places",
  dense: "dense models, below the fair value, kept",
  moe: "mixtures of experts, above the fair value, rerouted",
  alarm: "something is wrong: dropped, not a number, collapse",
};

/** The page with its table made anew. */
export async function designPage(): Promise<string> {
  const text = readFileSync(path.join(root, PAGE), "utf8");
  const [from, to] = [text.indexOf(START), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has lost its marks ${START} and ${END}`);
  const rows = Object.entries(COLORS).map(
    ([name, { light, dark }]) =>
      `| \`${name}\` | \`${light}\` | \`${dark}\` | ${USES[name as ColorName] ?? "other lines and kinds, in this order"} |`,
  );
  const table = ["| color | light | dark | of |", "| --- | --- | --- | --- |", ...rows].join("\n");
  const page = `${text.slice(0, from)}${START}\n\n${table}\n\n${text.slice(to)}`;
  return await format(page, { parser: "markdown", printWidth: 120 });
}
