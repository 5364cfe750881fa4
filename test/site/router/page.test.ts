import { parseHTML } from "linkedom";
import path from "node:path";
import { pretrained } from "twinformer/models";
import { describe, expect, it } from "vitest";
import { dataOf, routerPage } from "../../../scripts/site/made/router.js";
import { choicesOf } from "../../../site/router/choices.js";
import { measure } from "../../../site/router/score.js";
import { resultOf, usualTable } from "../../../site/router/result.js";
import { COUNT, idsOf } from "../../../site/router/text.js";
import { scoreOf } from "../../../site/router/totals.js";
import { project } from "../../launcher/clone.js";

const page = routerPage();
const { document } = parseHTML(`<html><body>${page.main.text}</body></html>`);
const { model, tokenizer } = await pretrained("moe", { from: path.join(project, "assets/models") });
const data = dataOf();
const words = (text: string): string => text.replace(/\s+/g, " ").trim();

describe("the page of the game", () => {
  it("says the numbers of the model, and waits for a script", () => {
    const { nExpert, topK, nLayer } = model.config;
    expect([data.nExpert, data.topK, data.nLayer]).toEqual([nExpert, topK, nLayer]);
    expect(words(document.querySelector(".model-lead")!.textContent)).toContain(
      `which ${topK} of its ${nExpert} experts`,
    );
    expect(document.getElementById("router")!.hasAttribute("hidden")).toBe(true);
    expect(document.getElementById("router-off")!.textContent).toContain("comes from a server");
    expect(document.querySelectorAll("thead th[aria-label^=Expert]")).toHaveLength(nExpert);
    expect(page.main.text).not.toContain("undefined");
    const kept = JSON.parse(document.getElementById("router-data")!.textContent) as unknown;
    expect(kept).toEqual(data);
  });

  it("has texts that can be played as they are, and counts in others", () => {
    expect(new Set(data.texts.map(({ name }) => name)).size).toBe(data.texts.length);
    for (const { name, text } of data.texts) {
      expect(name).toMatch(/^[a-z]+-\d$/); // it stands in addresses
      expect(idsOf(text, tokenizer, model.config.blockSize).length).toBeGreaterThan(COUNT);
      for (const counted of data.counted) expect(counted).not.toContain(text);
    }
    for (const counted of data.counted) expect(tokenizer.encode(counted).length).toBeGreaterThan(128);
  });
});

describe("a score", () => {
  const { text } = data.texts[0];
  const ids = idsOf(text, tokenizer, model.config.blockSize);
  const game = { ...measure(model, ids, COUNT), words: Array.from(ids, (id) => tokenizer.vocabulary[id]) };
  const choices = choicesOf(data.nExpert, data.topK);
  const shownIn = (chosen: readonly (number | null)[]): Document =>
    parseHTML(`<html><body>${resultOf(game, scoreOf(game, chosen), choices).text}</body></html>`).document;

  it("draws the four means in the order of their numbers, and lists every token", () => {
    const found = shownIn(game.losses.map((nats) => nats.indexOf(Math.max(...nats))));
    const rows = [...found.querySelectorAll(".router-bars tbody tr")];
    expect(rows.map((row) => row.className)).toEqual(["router-best", "router-learned", "router-chance", "router-you"]);
    const nats = rows.map((row) => Number(row.querySelectorAll("td")[0].textContent));
    expect(nats).toEqual([...nats].sort((a, b) => a - b));
    const tokens = [...found.querySelectorAll("details tbody tr")];
    expect(tokens).toHaveLength(COUNT);
    const mean = tokens.reduce((sum, row) => sum + Number(row.querySelectorAll("td")[5].textContent), 0) / COUNT;
    expect(mean).toBeCloseTo(nats[1], 2); // of the learned router
  });

  it("of the learned router's own choices is level, and of the best ones beats it", () => {
    expect(shownIn(game.learned).querySelector(".router-verdict")!.textContent).toContain("You are level with");
    const best = game.losses.map((nats) => nats.indexOf(Math.min(...nats)));
    expect(shownIn(best).querySelector(".router-verdict")!.textContent).toContain("You beat the learned router by");
  });

  it("takes tokens as words alone", () => {
    const evil = '"><img src=x onerror=alert(1)>';
    const hostile = { ...game, words: game.words.map(() => evil) };
    const markup =
      resultOf(hostile, scoreOf(game, []), choices).text +
      usualTable([[{ word: evil, count: 1, share: 1 }]], 9, 2).text;
    const { document: found } = parseHTML(`<html><body>${markup}</body></html>`);
    expect(found.querySelectorAll("img")).toHaveLength(0);
  });
});
