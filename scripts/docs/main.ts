/** `npm run docs [-- PAGE...] [-- --check]`: writes docs/api.md from the docstrings and docs/measurements.md from lib/cost/world, or
 *  says whether they are up to date. `npm run world` prints the table of the latter, as wide as the terminal is. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { worldText } from "../../lib/cost/world/text.js";
import { root } from "./collect.js";
import { reference } from "./reference.js";
import { worldPage } from "./world.js";

const PAGES: Readonly<Record<string, { make: () => Promise<string>; from: string; rows: RegExp; what: string }>> = {
  "docs/api.md": { make: reference, from: "the docstrings say", rows: /^#### /gm, what: "names" },
  "docs/measurements.md": { make: worldPage, from: "lib/cost says", rows: /\(#sources\)/g, what: "measurements" },
};

if (process.argv.includes("--world")) console.log(worldText(process.stdout.columns ?? 140));
else await pages(process.argv.slice(2));

async function pages(args: readonly string[]): Promise<void> {
  const wanted = args.filter((word) => !word.startsWith("-"));
  const unknown = wanted.find((name) => !(name in PAGES));
  if (unknown !== undefined)
    throw new RangeError(`docs: a page must be ${Object.keys(PAGES).join(" or ")}, got ${unknown}`);
  for (const [name, { make, from, rows, what }] of Object.entries(PAGES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const page = join(root, name);
    const text = await make();
    if (!args.includes("--check")) {
      mkdirSync(dirname(page), { recursive: true });
      writeFileSync(page, text);
      console.log(`${name}: ${text.match(rows)?.length ?? 0} ${what}`);
    } else if (!isCurrent(page, text)) {
      console.error(`${name} is not what ${from}: npm run docs writes it anew`);
      process.exitCode = 1;
    }
  }
}

function isCurrent(page: string, text: string): boolean {
  try {
    return readFileSync(page, "utf8") === text;
  } catch {
    return false;
  }
}
