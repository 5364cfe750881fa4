/** The gallery: each figure of `twinformer/plot` with the code that makes it. The code is a file of test/plot/gallery, which the tests
 *  run, too; here it becomes docs/gallery.md and two pictures a figure, light and dark. */

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "prettier";
import { Figure, type HtmlFigure, KnobsFigure } from "../../lib/plot/index.js";

const root = path.resolve(import.meta.dirname, "../..");
const folder = "test/plot/gallery";

export interface Example {
  /** The name of the function, and of the file. */
  readonly name: string;
  readonly area: string;
  /** As a reader would write it: with the package's entries, and files read from the disk. */
  readonly code: string;
  readonly figure: Figure | HtmlFigure;
}

/** What the folders of the examples are called, in the order of the page. */
const AREAS: Readonly<Record<string, string>> = {
  training: "While it trains",
  routing: "Which token goes where",
  experts: "What experts do",
  model: "What the model looks like",
  tensors: "Numbers and graphs",
  counts: "What a model has",
  cost: "What it costs",
  interactive: "By hand",
};

const isFolder = (name: string): boolean => name !== "data" && !name.includes(".");

/** All examples, in the order of the page. */
export async function examples(): Promise<Example[]> {
  const order = Object.keys(AREAS);
  const areas = readdirSync(path.join(root, folder)).filter(isFolder);
  const files = areas
    .sort((a, b) => order.indexOf(a) - order.indexOf(b))
    .flatMap((area) =>
      readdirSync(path.join(root, folder, area))
        .sort()
        .map((file) => ({ area, file })),
    );
  return await Promise.all(
    files.map(async ({ area, file }) => {
      const place = path.join(root, folder, area, file);
      const { figure } = (await import(pathToFileURL(place).href)) as { figure: Figure | HtmlFigure };
      return { name: path.basename(file, ".ts"), area, code: shown(readFileSync(place, "utf8")), figure };
    }),
  );
}

/** The code of an example as it is written outside of the clone. */
export const shown = (code: string): string =>
  code
    .replace(/from "(?:\.\.\/)+lib\/(?:(\w+)\/)?index\.js"/g, (_, entry?: string) =>
      entry ? `from "twinformer/${entry}"` : `from "twinformer"`,
    )
    .replace(/^import \{[^}]*\} from "\.\.\/data\.js";$/m, `import { readFile } from "node:fs/promises";`)
    .replace(/\bfile\("/g, `await readFile("${folder}/data/`)
    .replace(/\blab<\w+>\("([\w.-]+)"\)/g, `JSON.parse(await readFile("assets/labs/$1", "utf8")).rows`)
    .replace(/JSON\.parse\(new TextDecoder\(\)\.decode\((await readFile\("[^"]+")\)\)\)/g, `JSON.parse($1, "utf8"))`)
    .replace(/^interface [\s\S]*?^}\n\n?/gm, "")
    .replace(/ as \{[\s\S]*?^\};/gm, ";")
    .replace("export const figure", "const figure")
    .trim();

/** Coordinates to a tenth of a pixel, a line an element: smaller, and a diff can be read. Words keep their numbers. */
const asFile = (svg: string): string =>
  `${svg.replace(COORDINATES, (places) => places.replace(/\d+\.\d{2,}/g, tenths)).replaceAll("><", ">\n<")}\n`;
const COORDINATES = / (?:x|y|x1|x2|y1|y2|cx|cy|r|width|height|d|points|transform)="[^"]*"(?=[^<]*>)/g;
const tenths = (number: string): string => String(Math.round(Number(number) * 10) / 10);

/** docs/gallery.md and its pictures, by path. @param oneLine what the docstrings say of a figure */
export async function galleryFiles(oneLine: ReadonlyMap<string, string>): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const parts: string[] = [];
  let last = "";
  for (const { name, area, code, figure } of await examples()) {
    if (area !== last) parts.push(`## ${AREAS[area] ?? area}`);
    last = area;
    parts.push(`### ${name}`, oneLine.get(name) ?? "");
    const still = figure instanceof KnobsFigure ? figure.at() : figure;
    if (still instanceof Figure) {
      files[`docs/gallery/${name}.svg`] = asFile(still.svg());
      files[`docs/gallery/${name}-dark.svg`] = asFile(still.svg("dark"));
      parts.push(picture(name, still.description));
    } else parts.push(`_HTML, for a page or a notebook:_ ${figure.description.slice(0, 400)}`);
    const formatted = await format(code, FORMAT);
    parts.push(`\`\`\`ts\n${formatted.trim()}\n\`\`\``);
  }
  files["docs/gallery.md"] = await format([HEAD, ...parts].join("\n\n"), { parser: "markdown", printWidth: 120 });
  return files;
}

const FORMAT = { parser: "typescript", printWidth: 100 } as const;
const HEAD = `# Gallery

Each figure of \`twinformer/plot\` with the code that makes it, from real runs: \`scripts/docs/gallery-data.ts\`,
\`scripts/docs/gallery-moe.ts\` and \`npm run labs\` recorded them, the tests run every example. Made by \`npm run docs\`. How to bring your own rows: [plots.md](plots.md).`;

const attribute = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

const picture = (name: string, description: string): string =>
  `<picture>\n<source media="(prefers-color-scheme: dark)" srcset="gallery/${name}-dark.svg">\n` +
  `<img src="gallery/${name}.svg" alt="${attribute(description)}">\n</picture>`;
