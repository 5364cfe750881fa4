import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as data from "../../lib/data/index.js";
import * as twinformer from "../../lib/index.js";
import * as models from "../../lib/models/index.js";
import * as moe from "../../lib/moe/index.js";
import * as tokenizers from "../../lib/tokenizers/index.js";
import * as train from "../../lib/train/index.js";
import { root } from "../types/compile.js";

/** That the page is current is checked by `npm test -- lint`. */
const page = readFileSync(join(root, "docs/api.md"), "utf8");
const headings = [...page.matchAll(/^#### (.+)$/gm)].map(([, name]) => name);
const section = (name: string): string => page.split(`\n#### ${name}\n`)[1].split(/^##/m)[0];

describe("the API reference", () => {
  test("has every value that the package exports, once", () => {
    const exported = [twinformer, moe, models, data, tokenizers, train].flatMap((entry) => Object.keys(entry));
    const wanted = exported.filter((name) => name !== "init");
    expect(wanted.filter((name) => headings.filter((heading) => heading === name).length !== 1)).toEqual([]);
    expect(Object.keys(twinformer.init).filter((name) => !headings.includes(`init.${name}`))).toEqual([]);
  });

  test("shows signature, words, source and example of a name", () => {
    const words = section("RMSNorm");
    expect(words).toContain("class RMSNorm<D extends number = number> extends Module {");
    expect(words).toContain("\nSource: Zhang & Sennrich 2019, §4, https://arxiv.org/abs/1910.07467\n");
    expect(words).toContain("new RMSNorm(2).forward(tensor([[3, 3], [-5, 5]])); // => [[1, 1], [-1, 1]]");
  });

  test("shows overloads as a caller sees them, and no bodies or private members", () => {
    expect(section("softmax").match(/function softmax/g)).toHaveLength(1);
    const tensor = section("Tensor");
    expect(tensor).not.toMatch(/constructor|#|private/);
  });

  test("links only to headings that are there", () => {
    const slugs = new Map<string, number>();
    const anchors = [...page.matchAll(/^#{1,4} (.+)$/gm)].map(([, heading]) => {
      const slug = heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-");
      const times = slugs.get(slug) ?? 0;
      slugs.set(slug, times + 1);
      return times ? `${slug}-${times}` : slug;
    });
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBe(headings.length);
    expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
  });
});
