import { inflateSync } from "node:zlib";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { claimIds } from "../../../lib/notebook/claims/ledger.js";
import { questions } from "../../../lib/notebook/interview/questions/index.js";
import { cardSvg, drawing, HEIGHT, WIDTH, wrapped } from "../../../scripts/site/made/card.js";
import { presets } from "../../../site/playground/run/presets.js";
import { trainedClaims } from "../../../scripts/site/made/playground.js";
import { claimPages, claimsIndex, mythPages, mythsOf } from "../../../scripts/site/made/claims.js";
import { embedPage, withAddresses } from "../../../scripts/site/made/embeds.js";
import { modelPages } from "../../../scripts/site/made/models.js";
import { indexedPng } from "../../../scripts/site/made/png.js";
import { questionPages } from "../../../scripts/site/made/questions.js";
import { claimRuns, type Cell, figuresIn, mythRuns } from "../../../scripts/site/made/runs.js";
import { inShell, type Made, rulesOf } from "../../../scripts/site/made/shell.js";
import { html } from "../../../site/models/html.js";
import { iframeLine } from "../../../site/reading/share.js";

const badge = (id: string, verdict: string): string =>
  `<div class="twinformer twinformer-claim" data-claim="${id}" data-verdict="${verdict}" data-values="{&quot;a&quot;:[1,&quot;&lt;&quot;]}"><style>.x{}</style><div><span>✓ ${verdict}</span><i>Words.</i></div>` +
  `<div style="margin-top:3px">✓ one &amp; all · ✗ two</div><div style="margin-top:3px">total <b>46,702</b> · of <b>5 &lt; 6</b></div></div>`;
const figure = `<figure class="twinformer" data-figure="lines"><svg aria-label="A figure &lt;b&gt;: 3 at 4"></svg><script>"its own"</script></figure>`;
const cell = (id: string, ...outputs: string[]): Cell => ({
  notebook: "05-parameters",
  title: "05 · Total & active",
  id,
  outputs,
});
const myth = `<div class="twinformer" data-myth="half" data-facts="{}"><style>.x{}</style><b>≈ half</b> &nbsp; ✓ one · ✗ two<div style="margin-top:3px">of equal <b>0.27</b></div></div>`;

const cells = [
  cell("a", badge("C1", "holds")),
  cell("b", figure),
  cell("c", badge("C2", "holds")),
  cell("d", badge("C2", "fails")),
  { ...cell("m", myth), notebook: "14-myths" },
];
const runs = claimRuns(cells);
const myths = mythsOf(mythRuns(cells), new Map([["m-text", "## Faster\n\nSo says [a *paper*](https://a.example/x)."]]));

const shell = `<!doctype html><html><head><title>x</title><style>\n.a { color: red }\n</style>\n<!-- policy -->\n<style>.b { }</style><link rel="icon" href="data:,"><script src="site.js" defer></script>
</head><body data-notebook="shell"><a class="site-skip" href="#main">Skip</a><header><a href="index.html">T</a><a href="models.html">Models</a><a href="claims.html">Claims</a></header>
<main id="main">nothing</main><footer class="site-foot">\n</footer><script>const boxes = 1;</script></body></html>`;
const opened = (made: Made, address: string | null = null) => parseHTML(inShell(shell, made, address)).document;

describe("what the executed notebooks say", () => {
  it("is read from badges: verdict, parts, numbers and values", () => {
    expect([...runs.keys()]).toEqual(["C1", "C2"]);
    const [{ verdict, parts, numbers, values, cell: own }] = runs.get("C1")!;
    expect({ verdict, parts, numbers, values, id: own.id }).toEqual({
      ...{ verdict: "holds", parts: "✓ one & all · ✗ two", values: { a: [1, "<"] }, id: "a" },
      numbers: [
        ["total", "46,702"],
        ["of", "5 < 6"],
      ],
    });
    expect(myths.map(({ title, run: { verdict: word, numbers: all, parts: two } }) => [title, word, all, two])).toEqual(
      [["Faster", "half", [["of equal", "0.27"]], "✓ one · ✗ two"]],
    );
    expect(cells.map((one) => figuresIn(one).length)).toEqual([0, 1, 0, 0, 0]);
  });
});

describe("pages", async () => {
  const trained = await trainedClaims();
  const all = [
    ...modelPages(),
    claimsIndex(runs, myths),
    ...claimPages(runs, trained),
    ...mythPages(myths),
    ...questionPages(new Map()),
  ];

  it("are one for each claim of the ledger and each question, with verdicts in words", () => {
    const hrefs = all.map(({ href }) => href);
    for (const id of claimIds) expect(hrefs).toContain(`claims/${id}.html`);
    for (const { id } of questions) expect(hrefs).toContain(`questions/${id}.html`);
    const verdict = (href: string) =>
      parseHTML(`<body>${all.find((one) => one.href === href)!.main.text}</body>`)
        .document.querySelector(".verdict")!
        .textContent.trim();
    expect(verdict("claims/C1.html")).toBe("✓ holds");
    expect(verdict("claims/C2.html")).toBe("≈ half true"); // two runs that differ
    expect(verdict("claims/A1.html")).toBe("not run");
    expect(verdict("myths/m.html")).toBe("≈ half true");
    const index = parseHTML(`<body>${all.find((one) => one.href === "claims.html")!.main.text}</body>`).document;
    for (const id of claimIds) expect(index.getElementById(id), id).not.toBeNull();
  });

  it("of claims lead to the playground's runs that show them, and no others do", () => {
    for (const id of claimIds) {
      const { main } = all.find(({ href }) => href === `claims/${id}.html`)!;
      const links = [...parseHTML(`<body>${main.text}</body>`).document.querySelectorAll('a[href*="playground/"]')];
      const own = presets.filter(({ claims }) => claims.includes(id));
      expect(links.map((link) => link.textContent)).toEqual(own.map(({ name }) => name));
    }
    expect([...trained.keys()].every((id) => (claimIds as readonly string[]).includes(id))).toBe(true);
  });

  it("fetch nothing from another address, and name none where nobody said one", () => {
    for (const made of all) {
      const document = opened(made);
      for (const element of document.querySelectorAll("[src], link[href]")) {
        const address = element.getAttribute("src") ?? element.getAttribute("href")!;
        expect(address, made.href).toMatch(/^(data:,|(\.\.\/)*[\w./-]+\.(js|css))$/);
      }
      for (const meta of document.querySelectorAll("meta[property], meta[name]"))
        expect(meta.getAttribute("content"), made.href).not.toMatch(/https?:/);
      expect(document.querySelector("link[rel=canonical]")).toBeNull();
      const rules = [...document.querySelectorAll("style, [style]")]
        .map((one) => one.getAttribute("style") ?? one.textContent)
        .join();
      expect(rules).not.toMatch(/url\(|@import/);
      // Their links lead to pages of the site or, as sources, elsewhere.
      for (const link of document.querySelectorAll("a[href]"))
        expect(link.getAttribute("href")).toMatch(/^(#|https?:\/\/|(\.\.\/)*[\w./-]+\.html)/);
    }
  });

  it("have words for search engines, and absolute addresses where one is said", () => {
    for (const made of all) {
      expect(made.description.length, made.href).toBeGreaterThan(15);
      expect(made.description.length, made.href).toBeLessThan(330);
      expect(made.title, made.href).not.toMatch(/[{}<>]|undefined|null|NaN/);
    }
    const made = all.find(({ href }) => href === "claims/C1.html")!;
    const meta = (document: Document, name: string) =>
      document.querySelector(`meta[property="${name}"], meta[name="${name}"]`)?.getAttribute("content");
    expect(meta(opened(made), "og:image")).toBe("../cards/claims/C1.png");
    const placed = opened(made, "https://a.example/course/");
    expect(meta(placed, "og:image")).toBe("https://a.example/course/cards/claims/C1.png");
    expect(meta(placed, "og:url")).toBe("https://a.example/course/claims/C1.html");
    expect(meta(placed, "twitter:card")).toBe("summary_large_image");
  });

  it("stand in the shell, whatever they say", () => {
    const evil = "</title><script>1</script> $& $1 <!-- policy --> </main>";
    const made = {
      href: "models/x.html",
      title: evil,
      description: evil,
      main: html`<p>${evil}</p>`,
      menu: "models.html",
    };
    const text = inShell(shell, made, null);
    const { document } = parseHTML(text);
    expect(document.querySelectorAll("script").length).toBe(2);
    expect(document.querySelector("main p")!.textContent).toBe(evil);
    expect(document.querySelector('[aria-current="page"]')!.getAttribute("href")).toBe("../models.html");
    expect(document.querySelector(".site-skip")!.getAttribute("href")).toBe("#main");
    expect(document.querySelector("style")).toBeNull();
    expect(text.match(/Content-Security-Policy/g)).toHaveLength(1);
    expect(text).toMatch(/script-src 'self' 'sha256-[^']+';/);
    expect(rulesOf(shell)).toBe(".a { color: red }\n.b { }");
  });
});

describe("a figure alone", () => {
  it("is a page with its words, its source and a policy for its own script", () => {
    const { document } = parseHTML(embedPage(cells[1]));
    expect(document.title).toBe("A figure <b>");
    expect(document.querySelectorAll("[data-figure]")).toHaveLength(1);
    expect(document.querySelector("footer a")!.getAttribute("href")).toBe("../../05-parameters.html#cell-id=b");
    expect(document.querySelectorAll("[src]")).toHaveLength(0);
    expect(
      document
        .querySelector("meta[http-equiv]")!
        .getAttribute("content")!
        .match(/'sha256-/g),
    ).toHaveLength(2);
  });

  it("has its address below its cell, as claims, myths and questions have", () => {
    const section = (id: string) =>
      `<section class="cell code-cell" data-kind="code" id="cell-id=${id}"><div class="highlight"></div>\n</section>`;
    const page = `<main>${["a", "b", "other"].map(section).join("\n")}<details data-question="faster" style=""><summary style="">Why?</summary><div style="">Because</div></details></main>`;
    const { document } = parseHTML(`<html><body>${withAddresses(page, cells)}</body></html>`);
    const lines = [...document.querySelectorAll(".cell-share")].map((line) => [
      line.previousElementSibling!.id,
      line.getAttribute("data-embed"),
      ...[...line.querySelectorAll("a")].map((a) => a.getAttribute("href")),
    ]);
    expect(lines).toEqual([
      ["cell-id=a", null, "#cell-id=a", "claims/C1.html"],
      ["cell-id=b", "embed/05-parameters/b.html", "#cell-id=b"],
    ]);
    expect(document.querySelector("details a")!.getAttribute("href")).toBe("questions/faster.html");
  });

  it("is one line elsewhere", () => {
    const { document } = parseHTML(
      `<html><body>${iframeLine('https://a.example/"x', "<b> & more", 320)}</body></html>`,
    );
    const frame = document.querySelector("iframe")!;
    expect([frame.getAttribute("src"), frame.getAttribute("title"), frame.getAttribute("height")]).toEqual([
      'https://a.example/"x',
      "<b> & more",
      "320",
    ]);
    expect(document.body.children).toHaveLength(1);
  });
});

describe("a card", () => {
  it.each([
    "Short.",
    "W".repeat(90),
    "MMMM WWWW @@@@ ".repeat(40),
    "An answer of many words that goes on and on, ".repeat(12),
    "專家混合模型 ".repeat(20),
    '<b>&"',
  ])("keeps its words inside: %s", (words) => {
    for (const verdict of [undefined, { words: "half true", tone: "half" as const }]) {
      const svg = cardSvg({
        kind: "Claim C1, run",
        words,
        note: `parameters 46,702,792,704 · ${words}`,
        ...(verdict && { verdict }),
      });
      const box = drawing(svg).getBBox()!;
      expect([box.x, box.y]).toEqual([0, 0]);
      expect([box.width, box.height]).toEqual([WIDTH, HEIGHT]);
      expect(parseHTML(svg).document.querySelector("b")).toBeNull();
    }
  });

  it("breaks lines between words where it can", () => {
    expect(wrapped("one two three", 50, 200).join(" ")).toBe("one two three");
    expect(wrapped("one two three", 50, 200).length).toBeGreaterThan(1);
    expect(wrapped("x".repeat(50), 50, 200).join("")).toBe("x".repeat(50));
  });

  it("is a PNG that holds its colors", () => {
    const pixels = new Uint8Array([255, 255, 255, 255, 1, 2, 3, 255, 1, 2, 3, 255, 200, 100, 0, 255]);
    const png = indexedPng(pixels, 2, 2);
    const at = (name: string) => png.indexOf(name, 0, "latin1") + 4;
    expect([png.readUInt32BE(at("IHDR")), png.readUInt32BE(at("IHDR") + 4)]).toEqual([2, 2]);
    const data = inflateSync(png.subarray(at("IDAT"), at("IDAT") + png.readUInt32BE(at("IDAT") - 8)));
    const color = (i: number) => [...png.subarray(at("PLTE") + 3 * i, at("PLTE") + 3 * i + 3)];
    expect([data[1], data[2], data[4], data[5]].map(color)).toEqual([
      [255, 255, 255],
      [1, 2, 3],
      [1, 2, 3],
      [200, 100, 0],
    ]);
  });
});
