import { readFileSync } from "node:fs";
import path from "node:path";

interface Cell {
  outputs?: { data?: Record<string, string | string[]> }[];
}
const joined = (lines: string | string[] = ""): string => (Array.isArray(lines) ? lines.join("") : lines);
const unescaped = (text: string): string =>
  text
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

/** What an executed notebook shows (npm run notebooks). */
export function executed(name: string): { html: string[]; claimed: (id: string) => unknown } {
  const file = path.resolve(import.meta.dirname, `../../build/notebooks/${name}.ipynb`);
  const { cells } = JSON.parse(readFileSync(file, "utf8")) as { cells: Cell[] };
  const html = cells.flatMap((cell) => (cell.outputs ?? []).map((output) => joined(output.data?.["text/html"])));
  return {
    html,
    claimed(id) {
      const badge = html.find((output) => output.includes(`data-claim="${id}"`));
      const values = /data-values="([^"]*)"/.exec(badge ?? "")?.[1];
      if (values === undefined) throw new Error(`notebook ${name} shows no claim ${id}`);
      return JSON.parse(unescaped(values)) as unknown;
    },
  };
}
