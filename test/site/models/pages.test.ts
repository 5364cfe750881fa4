import { account, bytes, cacheBytes, DTYPES, findModel, grouped, models, weightBytes } from "twinformer/account";
import { devices, expertsTouched, fit } from "twinformer/cost";
import { parseHTML } from "linkedom";
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { modelHref, modelPages, type WithCard } from "../../../scripts/site/made/models.js";
import { cells } from "../../../site/models/cells.js";
import { markupOf, modelPage } from "../../../site/models/page.js";
import { ofTable, slugOf } from "../../../site/models/subject.js";

let pages: Map<string, WithCard>;
beforeAll(() => {
  pages = new Map(modelPages().map((page) => [page.href, page]));
});

const documentOf = (markup: string): Document => parseHTML(`<html><body>${markup}</body></html>`).document;
const rowsOf = (document: Document, caption: string): string[][] => {
  const table = [...document.querySelectorAll("table")].find((one) =>
    one.getAttribute("aria-label")?.startsWith(caption),
  );
  if (!table) throw new Error(`no table ${caption}`);
  return [...table.querySelectorAll("tbody tr")].map((row) =>
    [...row.querySelectorAll("th, td")].map((cell) => cell.textContent.trim()),
  );
};

describe("every model of the table", () => {
  it("has a page of its own, and a row in the index that leads there", () => {
    const hrefs = models.map(({ name }) => modelHref(name));
    expect(new Set(hrefs.map((href) => href.toLowerCase())).size).toBe(models.length);
    expect([...pages.keys()].sort()).toEqual(["models.html", ...hrefs].sort());
    const index = documentOf(pages.get("models.html")!.main.text);
    for (const { name } of models) {
      const link = [...index.querySelectorAll("tbody a")].find((one) => one.getAttribute("href") === modelHref(name));
      expect(link?.textContent).toBe(name);
    }
    expect(slugOf("ViT-B/16")).toBe("ViT-B-16");
    expect(slugOf("../../<x>")).toBe("x");
  });

  it.each(models.filter(({ config }) => config !== null).map(({ name }) => name))(
    "has the library's numbers: %s",
    (name) => {
      const counted = account(findModel(name)!.config!, { file: name });
      const page = pages.get(modelHref(name))!;
      const document = documentOf(page.main.text);
      const facts = new Map(rowsOf(document, "What was counted").map(([what, said]) => [what, said]));
      expect(facts.get("Total")).toBe(grouped(counted.total));
      const isMixture = counted.moeLayers > 0;
      const active = facts.get("Active for one token");
      if (isMixture) expect(active?.split(", ")[0].replace(/ of.*/, "")).toBe(grouped(counted.active).split(", ")[0]);
      else expect(active).toBe("all of them");
      const lead = document.querySelector(".model-lead")!.textContent;
      expect(lead).toContain(grouped(counted.total));
      expect(lead).toContain(isMixture ? grouped(counted.active) : "all of which work");
      const parts = rowsOf(document, "By part").map(([, total]) => BigInt(total.replaceAll(",", "")));
      expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(counted.total);

      expect(rowsOf(document, "Bytes of the weights")).toEqual(
        DTYPES.map((dtype) => [
          dtype,
          bytes(weightBytes(counted, dtype)),
          grouped(Math.round(weightBytes(counted, dtype))),
        ]),
      );
      if (counted.caches.length > 0)
        for (const [length, one] of rowsOf(document, "Keys, values and states"))
          expect(one).toBe(bytes(cacheBytes(counted, { tokens: Number(length.replace(/,| tokens/g, "")) })));
      const held = rowsOf(document, "Weights in 4 bits");
      expect(held.map(([device]) => device)).toEqual(devices.map((device) => device.name));
      const context = Number(
        /one text of ([\d,]+) tokens/
          .exec(document.querySelector("#fits")!.parentElement!.textContent)![1]
          .replace(",", ""),
      );
      held.forEach(([, , cards], i) => {
        const { devices: needed } = fit(counted, devices[i], { context, dtype: "int4" });
        expect(cards).toBe(needed === null ? "does not fit" : String(needed));
      });
      expect(document.querySelector("#batch") !== null).toBe(isMixture);
      if (isMixture)
        for (const [batch, touched] of rowsOf(document, "One step"))
          expect(Number(touched)).toBeCloseTo(
            expertsTouched(counted.experts.total, counted.experts.topK, Number(batch)),
            1,
          );
      expect(page.description.length).toBeLessThan(260);
    },
  );

  it("of which nothing was published says so, and invents no number", () => {
    const page = pages.get(modelHref("GPT-4"))!;
    const document = documentOf(page.main.text);
    expect(document.querySelector("table")).toBeNull();
    expect(document.querySelector("#unknown")!.parentElement!.textContent).toContain("How many parameters");
    expect(document.querySelector("#sources")!.parentElement!.textContent).toContain("arxiv.org/abs/2303.08774");
  });

  it("is drawn in a browser by the same code, at another height and place alone", () => {
    const subject = ofTable(findModel("Mixtral-8x7B")!);
    const dropped = markupOf(subject, modelPage(subject, ""), 2).text;
    const built = pages.get(modelHref("Mixtral-8x7B"))!.main.text;
    const same = (text: string) => text.replace(/(<\/?)h[1-4]\b/g, "$1h").replaceAll('href="../', 'href="');
    expect(same(dropped)).toBe(same(built));
  });
});

it("pages name cells that are in the notebooks", () => {
  for (const [notebook, cell] of Object.values(cells)) {
    const file = path.resolve(import.meta.dirname, `../../../notebooks/${notebook}.ipynb`);
    const all = (JSON.parse(readFileSync(file, "utf8")) as { cells: { id: string; cell_type: string }[] }).cells;
    expect(all.find(({ id }) => id === cell)?.cell_type, `${notebook}#${cell}`).toBe("code");
  }
});
