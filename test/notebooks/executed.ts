import { readFileSync } from "node:fs";
import path from "node:path";

interface Cell {
  id: string;
  source: string | string[];
  outputs?: { data?: Record<string, string | string[]>; text?: string | string[] }[];
}
const joined = (lines: string | string[] = ""): string => (Array.isArray(lines) ? lines.join("") : lines);
const decoded = (attribute: string): unknown =>
  JSON.parse(
    attribute
      .replaceAll("&quot;", '"')
      .replaceAll("&#39;", "'")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&"),
  );

/** What a notebook shows after `npm run notebooks` has executed it. */
export function executed(name: string) {
  const file = path.resolve(import.meta.dirname, `../../build/notebooks/${name}.ipynb`);
  const { cells } = JSON.parse(readFileSync(file, "utf8")) as { cells: Cell[] };
  const html = cells.flatMap((cell) => (cell.outputs ?? []).map((output) => joined(output.data?.["text/html"])));
  return {
    /** The values that `claim(id, …)` left in an output. */
    claimed<Values>(id: string): Values {
      const badge = html.find((output) => output.includes(`data-claim="${id}"`));
      const values = /data-values="([^"]*)"/.exec(badge ?? "")?.[1];
      if (values === undefined) throw new Error(`the notebook ${name} shows no claim ${id}`);
      return decoded(values) as Values;
    },
    /** Everything that its cells show, and the same an output each. */
    html: html.join("\n"),
    pictures: html,
    /** "holds", "half true" or "fails": what the badge of a claim says. */
    verdict(id: string): string {
      const badge = html.find((output) => output.includes(`data-claim="${id}"`));
      return /data-verdict="([^"]*)"/.exec(badge ?? "")?.[1] ?? `the notebook ${name} shows no claim ${id}`;
    },
    /** The code or words of a cell. */
    source(id: string): string {
      const cell = cells.find((one) => one.id === id);
      if (!cell) throw new Error(`the notebook ${name} has no cell ${id}`);
      return joined(cell.source);
    },
    /** The state of each exercise. */
    exercises: (): Record<string, string> =>
      Object.fromEntries(
        [...html.join("\n").matchAll(/data-check="([^"]*)" data-state="(\w+)"/g)].map(([, name, state]) => [
          name,
          state,
        ]),
      ),
    /** Everything that its cells wrote. */
    printed: cells.flatMap((cell) => (cell.outputs ?? []).map((output) => joined(output.text))).join("\n"),
    /** What each figure of a kind says that it ends in. */
    figures: (kind: string): unknown[] =>
      html.flatMap((output) => {
        const last = new RegExp(`data-figure="${kind}" data-facts="([^"]*)"`).exec(output)?.[1];
        return last === undefined ? [] : [decoded(last)];
      }),
  };
}
