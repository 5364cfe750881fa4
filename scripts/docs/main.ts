/** `npm run docs [-- PAGE...] [-- --check]`: writes docs/api.md from the docstrings, docs/measurements.md from lib/cost/world, the table of
 *  docs/plots.md, the colors of docs/design.md, docs/gallery.md with its pictures from the gallery's examples, and the picture of the
 *  README from recorded rows, or says whether they are up to date. `npm run world` prints the table of measurements, as wide as the
 *  terminal is. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { worldText } from "../../lib/cost/world/text.js";
import { root } from "./collect.js";
import { cheatsheet } from "./cheatsheet.js";
import { designPage } from "./design.js";
import { galleryFiles } from "./gallery.js";
import { oneLines, plotsPage } from "./plots.js";
import { readmePicture } from "./readme-picture.js";
import { reference } from "./reference.js";
import { worldPage } from "./world.js";

interface Page {
  /** The page and what belongs to it, by path. */
  readonly make: () => Promise<Readonly<Record<string, string>>>;
  readonly from: string;
  readonly rows: RegExp;
  readonly what: string;
  /** A folder that holds nothing but files of the page. */
  readonly folder?: string;
}

const one =
  (name: string, make: () => Promise<string>): Page["make"] =>
  async () => ({ [name]: await make() });

const PAGES: Readonly<Record<string, Page>> = {
  "docs/api.md": { make: one("docs/api.md", reference), from: "the docstrings say", rows: /^#### /gm, what: "names" },
  "docs/measurements.md": {
    ...{ make: one("docs/measurements.md", worldPage), from: "lib/cost says" },
    ...{ rows: /\(#sources\)/g, what: "measurements" },
  },
  "docs/plots.md": {
    ...{ make: one("docs/plots.md", plotsPage), from: "the docstrings say" },
    ...{ rows: /^\| `/gm, what: "figures and readers" },
  },
  "docs/design.md": {
    ...{ make: one("docs/design.md", designPage), from: "lib/plot/palette.ts says" },
    ...{ rows: /^\| `[a-z]+` +\| `#/gm, what: "colors" },
  },
  "docs/gallery.md": {
    ...{ make: () => galleryFiles(oneLines()), from: "its examples draw" },
    ...{ rows: /^### /gm, what: "examples", folder: "docs/gallery" },
  },
  "docs/cheatsheet.svg": {
    ...{ make: cheatsheet, from: "the library computes" },
    ...{ rows: /<text /g, what: "pieces of text" },
  },
  "assets/twins.svg": {
    ...{ make: readmePicture, from: "the recorded rows say" },
    ...{ rows: /<svg x=/g, what: "panels" },
  },
};

if (process.argv.includes("--world")) console.log(worldText(process.stdout.columns ?? 140));
else await pages(process.argv.slice(2));

async function pages(args: readonly string[]): Promise<void> {
  const wanted = args.filter((word) => !word.startsWith("-"));
  const unknown = wanted.find((name) => !(name in PAGES));
  if (unknown !== undefined)
    throw new RangeError(`docs: a page must be ${Object.keys(PAGES).join(" or ")}, got ${unknown}`);
  for (const [name, { make, from, rows, what, folder }] of Object.entries(PAGES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const files = await make();
    const left = folder ? filesIn(folder).filter((file) => !(file in files)) : [];
    if (args.includes("--check")) {
      const stale = [...Object.keys(files).filter((file) => !isCurrent(join(root, file), files[file])), ...left];
      if (stale.length === 0) continue;
      console.error(`${stale.join(", ")}: not what ${from}: npm run docs writes it anew`);
      process.exitCode = 1;
      continue;
    }
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    for (const file of left) rmSync(join(root, file));
    console.log(`${name}: ${files[name].match(rows)?.length ?? 0} ${what}`);
  }
}

function filesIn(folder: string): string[] {
  return existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((file) => `${folder}/${file}`) : [];
}

function isCurrent(page: string, text: string): boolean {
  try {
    return readFileSync(page, "utf8") === text;
  } catch {
    return false;
  }
}
