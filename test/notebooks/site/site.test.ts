import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, test } from "vitest";

// The pages that `npm run site -- --short` made of what was executed.
const root = path.resolve(import.meta.dirname, "../../..");
const folder = path.join(root, "build/site");
const read = (name: string) => readFileSync(path.join(folder, name), "utf8");
const pages = readdirSync(folder).filter((name) => name.endsWith(".html"));
const notebooks = readdirSync(path.join(root, "notebooks")).filter((name) => name.endsWith(".ipynb"));

const unescaped = (text: string) =>
  text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&#x27;", "'").replaceAll("&amp;", "&");
const idsOf = (html: string) => [...html.matchAll(/<[a-z][^>]* id="([^"]*)"/g)].map(([, id]) => unescaped(id));
const ids = new Map(pages.map((name) => [name, new Set(idsOf(read(name)))]));

test("there is a page for each notebook, the first page leads to all of them, and one to the next", () => {
  const names = notebooks.map((name) => name.replace(/ipynb$/, "html")).sort();
  expect(pages).toEqual(expect.arrayContaining([...names, "index.html", "glossary.html", "teaching.html"]));
  const first = read("index.html");
  for (const name of names) expect(first.includes(`<a href="${name}"`), name).toBe(true);
  names.slice(1).forEach((name, i) => {
    expect(read(names[i])).toMatch(new RegExp(`<a href="${name}" rel="next"|<a rel="next" href="${name}"`));
    expect(read(name)).toMatch(new RegExp(`<a href="${names[i]}" rel="prev"|<a rel="prev" href="${names[i]}"`));
  });
});

describe.each(pages)("%s", (name) => {
  const html = read(name);

  it("has links that lead somewhere, to the very place", () => {
    const links = [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href]) => unescaped(href));
    const broken = links.filter((href) => {
      if (/^https?:\/\//.test(href)) return false;
      const [file, anchor] = [href.split("#")[0] || name, href.split("#")[1] ?? ""];
      if (/^\/|\.\.|:/.test(file) || !existsSync(path.join(folder, file))) return true;
      const has = (id: string) => ids.get(file)?.has(id);
      return anchor !== "" && !has(anchor) && !has(decodeURIComponent(anchor));
    });
    expect(broken).toEqual([]);
    expect(links.length).toBeGreaterThan(3);
    expect(html).not.toContain('title="In the clone: notebooks/'); // every notebook has a page
  });

  it("loads nothing from another address", () => {
    const loaded = /<(?:script|img|iframe|link|source|video|audio)\b[^>]*\b(?:src|href|srcset)="(?!data:)([^"]*)"/g;
    expect([...html.matchAll(loaded)].map(([, url]) => url).filter((url) => /^\w*:|^\//.test(url))).toEqual([]);
    expect(html).not.toMatch(/@import|url\(["']?(?:https?:)?\/\//);
  });

  it("has each anchor once", () => {
    const all = idsOf(html).filter((id) => id !== "");
    expect(all.filter((id, i) => all.indexOf(id) !== i)).toEqual([]);
  });
});

test("each cell keeps its id and its kind, for what may wake a page up", () => {
  for (const file of notebooks) {
    const { cells } = JSON.parse(readFileSync(path.join(root, "notebooks", file), "utf8")) as {
      cells: { id: string; cell_type: string }[];
    };
    const html = read(file.replace(/ipynb$/, "html"));
    const kept = [...html.matchAll(/<section class="cell [^"]*"[^>]*data-kind="(\w+)"[^>]* id="cell-id=([^"]*)"/g)];
    expect(kept.map(([, kind, id]) => [kind, id])).toEqual(cells.map((cell) => [cell.cell_type, cell.id]));
    expect(html).toContain(`data-notebook="${path.basename(file, ".ipynb")}"`);
  }
});
