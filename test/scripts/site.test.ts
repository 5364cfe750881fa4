import path from "node:path";
import { describe, expect, it } from "vitest";
import { excerpt } from "../../site/reading/excerpt.js";
import { staleness } from "../../scripts/site/executed.mjs";
import { aboutNotebook } from "../../scripts/site/plan.mjs";
import { partsOf } from "../../scripts/site/search.mjs";
import { fileOf } from "../../scripts/site/serve.mjs";

describe("an executed copy", () => {
  const source = { cells: [{ id: "a", source: ["x\n", "y"] }] };
  const copy = (text: string, made: object) => ({ cells: [{ id: "a", source: text }], metadata: { twinformer: made } });

  it("stands for a notebook that is as it was, executed in full to its end", () => {
    expect(staleness(source, copy("x\ny", { form: "full", failed: false }), false)).toBe("");
    expect(staleness(source, null, false)).toBe("not executed yet");
    expect(staleness(source, copy("x\nz", { form: "full" }), true)).toBe("changed since");
    expect(staleness(source, copy("x\ny", { form: "full", failed: true }), true)).toBe("ended in an error");
  });

  it("of the short form is good enough where that is asked for", () => {
    expect(staleness(source, copy("x\ny", { form: "short" }), false)).toBe("executed in the short form");
    expect(staleness(source, copy("x\ny", { form: "short" }), true)).toBe("");
  });
});

it("a notebook says its title, its minutes and what one can answer after it", () => {
  const cell = (source: string) => ({ cell_type: "markdown", source });
  const cells = [
    cell("# 04 · Routing\n\nAbout 40 minutes."),
    cell("**What you will be able to answer**\n\n1. Why?\n2. How `so`?"),
  ];
  const about = { title: "04 · Routing", minutes: "40", goals: ["Why?", "How `so`?"] };
  expect(aboutNotebook({ cells })).toEqual(about);
});

it("a page is searched from heading to heading, words and code", () => {
  const cell = (kind: string, id: string, markup: string) =>
    `<section class="cell x" data-kind="${kind}" id="cell-id=${id}">${markup}</section>`;
  const html = [
    cell("markdown", "a", '<h1 id="Top">Top<a class="anchor-link" href="#Top">¶</a></h1><p>One &amp; two</p>'),
    cell("code", "b", "<div><pre>route(<span>x</span>)</pre></div><div class=output><pre>12</pre></div>"),
    cell("markdown", "c", '<p>three</p><h2 id="Next">Next</h2><p>four</p>'),
  ].join("\n");
  expect(partsOf(html, "p.html", "Page")).toEqual([
    { id: "p.html/0", href: "p.html#Top", page: "Page", heading: "Top", text: "One & two three", code: "route(x)" },
    { id: "p.html/1", href: "p.html#Next", page: "Page", heading: "Next", text: "four", code: "" },
  ]);
});

it("what was found is shown among the words round it", () => {
  const long = `${"before ".repeat(40)}the Router chooses ${"after ".repeat(40)}`;
  const pieces = excerpt(long, "", ["router"]);
  expect(pieces.filter(({ isFound }) => isFound)).toEqual([{ said: "Router", isFound: true }]);
  const whole = pieces.map(({ said }) => said).join("");
  expect(whole).toMatch(/^… before.* the Router chooses .*after …$/);
  expect(whole.length).toBeLessThan(200);
  expect(excerpt("nothing of it", "route(x)", ["route("]).map(({ said }) => said)).toEqual(["route(", "x)"]);
  expect(excerpt("short", "", [])).toEqual([{ said: "short", isFound: false }]);
});

it("the server gives files of its folder alone", () => {
  const folder = path.resolve(import.meta.dirname, "../../scripts/site");
  expect(fileOf(folder, "/main.mjs?x=1")).toBe(path.join(folder, "main.mjs"));
  for (const url of ["/", "/page", "/none.html", "/../site.mjs", "/%2e%2e/site.mjs", "/..%2fsite.mjs", "/%", "/a%00"])
    expect(fileOf(folder, url), url).toBeNull();
});
