// The search over all pages: an index made here, and the program of a page that asks it. MiniSearch does both.
import { readFileSync } from "node:fs";
import path from "node:path";
import MiniSearch from "minisearch";
import { rolldown } from "rolldown";
import { root } from "../setup/run.mjs";
import { searchOptions } from "../../site/reading/options.mjs";

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " ", "#x27": "'", "#34": '"' };
const plain = (markup) =>
  markup
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, " ")
    .replace(/<a class="anchor-link"[^>]*>¶<\/a>/g, "")
    .replace(/<\/?(p|li|td|th|div|pre|h\d|summary|ul|ol|table|tr|br)\b[^>]*>/g, " ")
    .replace(/<[^>]*>/g, "")
    .replace(/&(#?\w+);/g, (whole, name) => entities[name] ?? whole)
    .replace(/\s+/g, " ")
    .trim();

const CELL = /<section class="cell [^"]*"[^>]*data-kind="(\w+)"[^>]* id="(cell-id=[^"]*)"[^>]*>([\s\S]*?)<\/section>/g;
const HEADING = /<h[1-4][^>]* id="([^"]*)"[^>]*>([\s\S]*?)<\/h[1-4]>/;

/** The parts of a page that can be found, from one heading to the next: words, code, and the anchor that leads there.
 *  @param {string} html  @param {string} href  @param {string} page its title */
export function partsOf(html, href, page) {
  const parts = [];
  for (const [, kind, cell, markup] of html.matchAll(CELL)) {
    // A heading in the middle of a cell begins a part as well.
    const pieces = kind === "code" ? [markup] : markup.split(/(?=<h[1-4][ >])/).filter((piece) => plain(piece) !== "");
    for (const piece of pieces) {
      const [, anchor, heading] = kind === "markdown" ? (HEADING.exec(piece) ?? []) : [];
      if (anchor !== undefined || parts.length === 0)
        parts.push({ href: `${href}#${anchor ?? cell}`, page, heading: plain(heading ?? page), text: "", code: "" });
      const part = parts.at(-1);
      // Of a code cell its code: what it shows are numbers, which nobody searches for.
      if (kind === "code") part.code += ` ${plain(/<pre>[\s\S]*?<\/pre>/.exec(piece)?.[0] ?? "")}`;
      else part.text += ` ${plain(piece.replace(HEADING, ""))}`;
    }
  }
  return parts.map((part, id) => ({ ...part, id: `${href}/${id}`, text: part.text.trim(), code: part.code.trim() }));
}

/** search.js, the index with the words of all parts, and site.js, which asks it: { name: text }.
 *  @param {{ href: string, title: string }[]} pages  @param {string} out where the pages are */
export async function searchFiles(pages, out) {
  const parts = pages.flatMap(({ href, title }) => partsOf(readFileSync(path.join(out, href), "utf8"), href, title));
  const index = new MiniSearch(searchOptions);
  index.addAll(parts);
  // A script and no JSON file: a page that was opened from a disk may not fetch.
  const search = `self.twinformerIndex = ${JSON.stringify(JSON.stringify(index))};\n`;
  const packed = await rolldown({ input: path.join(root, "site/reading/site.ts"), platform: "browser" });
  const { output } = await packed.generate({ format: "iife", minify: true });
  await packed.close();
  return { "search.js": search, "site.js": output[0].code };
}
