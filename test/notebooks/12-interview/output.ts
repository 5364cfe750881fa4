/** Reads a value out of what a cell shows. */

import type { Where } from "../../../lib/notebook/interview/question.js";

/** An output of a cell as a notebook's file holds it. */
export interface Output {
  readonly data?: Readonly<Record<string, string | readonly string[]>>;
  readonly text?: string | readonly string[];
}

const joined = (lines: string | readonly string[] = ""): string => (typeof lines === "string" ? lines : lines.join(""));

/** What stands at `where` in the outputs of one cell: a number, a word, or undefined where there is no such place. */
export function read(outputs: readonly Output[], where: Where): unknown {
  const html = outputs.map(({ data }) => joined(data?.["text/html"])).join("\n");
  if ("claim" in where) return inside(attribute(html, /data-claim="\w+"[^>]*? data-values="([^"]*)"/)[0], where.claim);
  if ("row" in where) {
    const tables = attribute(html, /data-figure="table" data-facts="([^"]*)"/g) as Readonly<
      Record<string, unknown>
    >[][];
    const rows = tables.flat().filter((row) => Object.values(row)[0] === where.row || Object.values(row)[0] === Number(where.row)); // prettier-ignore
    return rows.map((row) => inside(row, where.column)).find((value) => value !== undefined);
  }
  return numberAt(outputs.map(({ text }) => joined(text)).join("\n"), where.words);
}

function attribute(html: string, pattern: RegExp): unknown[] {
  const found = [...html.matchAll(new RegExp(pattern.source, "g"))];
  return found.map(([, text]): unknown =>
    JSON.parse(
      text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"), // prettier-ignore
    ),
  );
}

/** By a path such as "dead.capacity 1, drop", of which each step is the longest name that is there. */
function inside(value: unknown, path: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const names = Object.keys(value).filter((name) => path === name || path.startsWith(`${name}.`));
  const [name] = names.sort((a, b) => b.length - a.length);
  if (name === undefined) return undefined;
  const inner = (value as Readonly<Record<string, unknown>>)[name];
  return path === name ? inner : inside(inner, path.slice(name.length + 1));
}

/** The number in place of # in the text, whose spaces may be of any width. */
function numberAt(text: string, words: string): number | undefined {
  const escaped = words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ +/g, " +").replace("#", "(-?[\\d,]*\\.?\\d+(?:e[+-]?\\d+)?)"); // prettier-ignore
  const found = new RegExp(escaped).exec(text)?.[1];
  return found === undefined ? undefined : Number(found.replaceAll(",", ""));
}
