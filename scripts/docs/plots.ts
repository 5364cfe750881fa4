/** The table of all figures in docs/plots.md: what the docstrings say, and the columns of their rows. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { format } from "prettier";
import { entries, type Item, root } from "./collect.js";

const PAGE = "docs/plots.md";
const [START, END] = ["<!-- figures: made by npm run docs -->", "<!-- end of figures -->"];

const plotItems = (): Item[] => entries().find(({ name }) => name === "twinformer/plot")!.items;

/** Figures are the functions that return one. */
const figures = (items: readonly Item[]): Item[] =>
  items.filter(({ signatures }) =>
    signatures.some((signature) => /\): (?:Html|Knobs)?Figure(?:<.*>)?;?$/.test(signature)),
  );

/** What the docstring of each figure says first, by its name. */
export const oneLines = (): ReadonlyMap<string, string> =>
  new Map(figures(plotItems()).map(({ name, doc }) => [name, firstSentence(doc.text)]));

/** Up to the first full stop that ends a sentence, in one line. */
const firstSentence = (text: string): string => /^.*?[.:?](?= [A-Z]|$)/.exec(text.replace(/\s+/g, " "))?.[0] ?? text;

/** The page with its table made anew. */
export async function plotsPage(): Promise<string> {
  const text = readFileSync(path.join(root, PAGE), "utf8");
  const [from, to] = [text.indexOf(START), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has lost its marks ${START} and ${END}`);
  const items = plotItems();
  const rows = figures(items).map(({ name, doc, signatures }) => {
    const row = signatures
      .map((signature) => /: (?:readonly (\w+)\[\]|Iterable<(\w+)>)/g.exec(signature))
      .flatMap((found) => found?.[1] ?? found?.[2] ?? [])
      .find((found) => found !== "T");
    const columns = columnsOf(items.find((item) => item.name === row));
    return `| \`${name}\` | ${firstSentence(doc.text).replaceAll("|", "\\|")} | ${columns} |`;
  });
  const table = ["| figure | what it shows | columns of its rows |", "| --- | --- | --- |", ...rows].join("\n");
  return await format(`${text.slice(0, from)}${START}\n\n${table}\n\n${text.slice(to)}`, {
    parser: "markdown",
    printWidth: 120,
  });
}

/** "step, value, by?" from the declaration of the rows. */
const columnsOf = (row: Item | undefined): string =>
  [...(row?.signatures[0] ?? "").matchAll(/^\s*(?:readonly )?(\w+)(\??): /gm)]
    .map(([, name, optional]) => `${name}${optional}`)
    .join(", ");
