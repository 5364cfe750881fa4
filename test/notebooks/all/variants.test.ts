import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { disagreements } from "../../../scripts/notebooks/agreement.mjs";
import { changed, variantsOf } from "../../../scripts/notebooks/variants.mjs";

const folder = path.resolve(import.meta.dirname, "../../../notebooks");
const files = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
interface Notebook {
  cells: { id: string; source: string | string[] }[];
}
const read = (name: string) => JSON.parse(readFileSync(path.join(folder, name), "utf8")) as Notebook;
const sourceOf = ({ source }: { source: string | string[] }) => (Array.isArray(source) ? source.join("") : source);

/** The sentences of "Try it" that suggest something: those with code or a number. */
function suggestions(notebook: Notebook): string[] {
  const section = notebook.cells.map(sourceOf).find((source) => source.startsWith("## Try it"));
  return section!.split(/(?<=[.?!])\s+(?=[A-Z])/).filter((sentence) => /`|\d/.test(sentence));
}

describe.each(files)('"Try it" of %s', (name) => {
  const notebook = read(name);
  const variants = variantsOf(path.join(folder, name));

  it("has a variant for each sentence and each piece of code that it suggests", () => {
    const sentences = suggestions(notebook);
    expect(sentences.length).toBeGreaterThan(0);
    for (const sentence of sentences) {
      const own = variants.filter(({ says }) => sentence.includes(says));
      expect(own, sentence).not.toHaveLength(0);
    }
    const said = variants.map(({ says }) => says).join("\n");
    for (const [code] of sentences.join(" ").matchAll(/`[^`]+`/g)) {
      if (/^`(npx .*|rules|options|twinformer\/data)`$/.test(code)) continue; // a command, and places
      expect(said).toContain(code);
    }
  });

  it("has no variant that it does not suggest, and each changes something", () => {
    const text = suggestions(notebook).join(" ");
    for (const variant of variants) {
      expect(text).toContain(variant.says);
      expect(variant.edits.length).toBeGreaterThan(0);
      expect(changed(notebook, variant).cells).not.toEqual(notebook.cells);
    }
  });

  it("has one for the short form", () => {
    expect(variants.filter(({ short }) => short)).toHaveLength(1);
  });
});

it("a text that is not in its cell, or twice, is one sentence", () => {
  const notebook = { cells: [{ id: "a", source: ["topK: 2\n", "topK: 2"] }] };
  const variant = (cell: string, text: string) => ({ name: "x.1", edits: [{ cell, text, by: "" }] });
  expect(() => changed(notebook, variant("a", "nExpert"))).toThrow(
    'variant x.1: "nExpert" is 0 times in cell a, not once',
  );
  expect(() => changed(notebook, variant("a", "topK"))).toThrow('"topK" is 2 times in cell a');
  expect(() => changed(notebook, variant("b", "topK"))).toThrow("is 0 times in cell b");
});

describe("disagreements", () => {
  const place = mkdtempSync(path.join(tmpdir(), "twinformer-variants-"));
  afterAll(() => rmSync(place, { recursive: true }));
  const escaped = (values: object) => JSON.stringify(values).replaceAll('"', "&quot;");
  const figure = (kind: string, facts: object) => `<figure data-figure="${kind}" data-facts="${escaped(facts)}">`;
  const claim = (values: object) => `<div data-claim="B2" data-verdict="holds" data-values="${escaped(values)}">`;
  function found(html: string, shows = {}) {
    const file = path.join(place, "executed.ipynb");
    writeFileSync(file, JSON.stringify({ cells: [{ outputs: [{ data: { "text/html": [html] } }] }] }));
    return disagreements(file, shows);
  }

  it("are none where pictures and numbers agree", () => {
    const html =
      figure("router", [{ tokens: 31, experts: 32, choices: 62, used: 32 }]) +
      figure("load", { MoE: { step: 9, experts: 32, layers: [{ busiest: 2 }] } }) +
      claim({ tokens: 31, expertsPerToken: 2, rowsExecuted: [62, 62] });
    const shows = {
      figures: { router: { choices: 62 }, load: { experts: 32 } },
      claims: { B2: { expertsPerToken: 2 } },
    };
    expect(found(html, shows)).toEqual([]);
  });

  it.each([
    [
      "rows that were not executed",
      claim({ tokens: 31, expertsPerToken: 2, rowsExecuted: [31] }),
      "rowsExecuted 31, not 62",
    ],
    ["a claim of nothing", claim({ gradients: [] }), "claim B2 has nothing in gradients"],
    [
      "some tokens with two experts, others with none",
      figure("router", [{ tokens: 31, choices: 32 }]),
      "32 choices of 31",
    ],
    ["an expert that does not exist", figure("flow", [{ experts: 8, favorites: { vowel: 21 } }]), "expert 21 of 8"],
  ])("see %s", (_, html, sentence) => {
    expect(found(html).join()).toContain(sentence);
  });

  it.each([
    [{ figures: { flow: { experts: 4 } } }, "figure flow has experts 8, not 4"],
    [{ figures: { router: { experts: 4 } } }, "figure router has no experts"],
    [{ claims: { B2: { perToken: 1 } } }, "claim B2 has perToken undefined, not 1"],
  ])("see what a variant should show and does not: %j", (shows, sentence) => {
    expect(found(figure("flow", [{ experts: 8 }]), shows)).toEqual([sentence]);
  });
});
