import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { violations } from "../notebooks/axe.js";
import { look, settle } from "../notebooks/look.js";
import { onSite, opened } from "./hosted.js";
import {
  act,
  link,
  pause,
  PATIENT,
  playground,
  PLAYGROUND,
  reached,
  rests,
  type Rows,
  rowsOf,
  said,
  SMALL,
  stepOf,
  timeless,
  turn,
} from "./play.js";

// The playground as the site has it: twins that train in the page. Few steps, and small twins where it does not matter how large they are.
const here = onSite();
const at = (hash = ""): string => here.site.at(PLAYGROUND) + hash;
const play = (hash = "", options: object = {}) => playground(here.browser, at(hash), options);
const ONE_SENTENCE = /^[A-Z].+\.$/;

describe.each(["light", "dark"] as const)("in the %s scheme", (colorScheme) => {
  test.each([390, 768, 1440])("can be read at %i px, before it trains, meanwhile and afterwards", async (width) => {
    const { page, problems } = await play(`#${SMALL}&c=0.5`, { colorScheme, viewport: { width, height: 844 } });
    const check = async (when: string): Promise<void> => {
      await page.evaluate(settle);
      const where = { column: "main", output: ".play-figures, .play-numbers, .play-layers", ours: "main" };
      problems.push(
        ...[...(await page.evaluate(look, where)), ...(await violations(page, colorScheme))]
          .filter((problem) => !problem.startsWith('cut at the side: <input class="">')) // a sentence in its field
          .map((problem) => `${when}: ${problem}`),
      );
    };
    await check("before");
    await act(page, "play");
    await reached(page, 2);
    await check("meanwhile");
    await pause(page);
    for (const summary of await page.locator("#playground summary").all()) await summary.click();
    await turn(page, "text", "own");
    await check("afterwards");
    await page.close();
    expect(problems).toEqual([]);
  });
});

describe("the story of the page", () => {
  test("begins when it is seen, and is told; the address stays as it was", async () => {
    const { page, problems } = await play();
    await reached(page, 2);
    expect(await said(page, ".play-finding")).toMatch(
      /^Nothing keeps .+ In step \d+ the work of the layers was that of/,
    );
    expect(link(page)).toBe("");
    const step = await pause(page);
    await expect.poll(() => link(page), PATIENT).toContain(`at=${step}`);
    expect(problems).toEqual([]);
    await page.close();
  });

  test("waits for Play where a reader wants nothing that moves", async () => {
    const { page, problems } = await play("", { reducedMotion: "reduce" });
    await page.waitForTimeout(500);
    expect([await stepOf(page), await said(page, ".play-state")]).toEqual([0, "paused"]);
    expect(await said(page, ".play-finding")).toContain("Press Play");
    await act(page, "play");
    await reached(page, 1);
    expect(problems).toEqual([]);
    await page.close();
  });
});

describe("a run", () => {
  test("is played, paused, taken step by step, slowed down and begun anew", async () => {
    const { page, problems } = await play(`#${SMALL}`);
    await act(page, "step");
    await rests(page, 1);
    await page.locator("#play-speed").selectOption("5");
    await act(page, "play");
    await reached(page, 3);
    const step = await pause(page);
    await act(page, "step");
    await rests(page, step + 1);
    await act(page, "reset");
    await rests(page, 0);
    expect(problems).toEqual([]);
    await page.close();
  });

  test("is changed by a live knob on the way, and by all others begun anew with what was in force", async () => {
    const { page, problems } = await play(`#${SMALL}&at=2`);
    await rests(page, 2);
    await turn(page, "balance", "none");
    await expect
      .poll(() => said(page, ".play-history"), PATIENT)
      .toBe("Changes in this run: after step 2: balance none.");
    await expect.poll(() => link(page), PATIENT).toBe(`#e=4&w=12&ch=2_b_none&at=2`);
    expect(await page.locator("#knob-strength").isDisabled()).toBe(true);
    await act(page, "step");
    await rests(page, 3);
    await turn(page, "experts", "2");
    await rests(page, 0);
    await expect.poll(() => link(page), PATIENT).toBe("#e=2&w=12&b=none");
    await page.locator("#knob-seed").fill("7");
    await page.keyboard.press("Enter");
    await expect.poll(() => link(page), PATIENT).toBe("#e=2&w=12&seed=7&b=none");
    expect(problems).toEqual([]);
    await page.close();
  });

  test("that cannot be made gets one sentence, and nothing is lost", async () => {
    const { page, problems } = await play(`#${SMALL}&at=3`);
    await rests(page, 3);
    const before = link(page);
    const problem = () => said(page, ".play-problem");
    await page.locator("#knob-seed").fill("1000000");
    await page.keyboard.press("Tab");
    expect(await problem()).toMatch(/^Seed must be a whole number from 0 to 999999, not “1000000”\.$/);
    await turn(page, "topK", "8");
    await expect.poll(problem, PATIENT).toMatch(/topK/);
    expect(await problem()).toMatch(ONE_SENTENCE);
    expect(await page.locator("#knob-topK").inputValue()).toBe("2");
    expect(await page.locator("#knob-seed").inputValue()).toBe("1");
    await rests(page, 3);
    expect(link(page)).toBe(before);
    await act(page, "step");
    await rests(page, 4);
    expect(problems).toEqual([]);
    await page.close();
  });

  test("is forked in its past: what came after is trained anew, and the old curve stays", async () => {
    const { page, problems } = await play(`#${SMALL}&at=6`);
    await rests(page, 6);
    const [third] = await page.evaluate(rowsOf, [3]);
    expect(await said(page, ".play-past")).toContain("You look at step 3.");
    expect(await said(page, ".play-figures")).not.toContain("before the fork");
    await turn(page, "noise", "normal");
    await expect.poll(() => said(page, "#play-step"), PATIENT).toBe("step 3");
    await rests(page, 3);
    expect(await said(page, ".play-figures")).toContain("MoE before the fork");
    expect(timeless(await page.evaluate(rowsOf, [3]))).toEqual(timeless([third]));
    expect(link(page)).toBe(`#e=4&w=12&ch=3_n_normal&at=3`);
    await act(page, "play");
    await reached(page, 5);
    expect(await said(page, ".play-figures")).toContain("MoE before the fork");
    expect(problems).toEqual([]);
    await page.close();
  });

  test("is collapsed and rescued by two buttons", async () => {
    const { page, problems } = await play(`#${SMALL}&c=1&at=2`);
    await rests(page, 2);
    await act(page, "collapse");
    await expect.poll(() => page.locator("#knob-capacity").inputValue(), PATIENT).toBe("none");
    await reached(page, 3);
    expect(await page.locator("#knob-balance").inputValue()).toBe("none");
    await page.locator("#play-remedy").selectOption("noise");
    await act(page, "rescue");
    await expect.poll(() => said(page, ".play-history"), PATIENT).toMatch(/: after step \d+: noise normal\.$/);
    await pause(page);
    await expect.poll(() => link(page), PATIENT).toMatch(/^#e=4&w=12&b=none&ch=\d+_n_normal&at=\d+$/);
    expect(problems).toEqual([]);
    await page.close();
  });
});

describe("a link", () => {
  test("is the same run twice, to the last digit", async () => {
    const hash = `#${SMALL}&b=none&at=8&ch=4_b_switch_bs_0.1_n_normal&say=A%20whale`;
    const found: object[] = [];
    for (const _ of ["first", "second"]) {
      const { page, problems } = await play(hash);
      await rests(page, 8);
      const sentence = await said(page, ".play-layers");
      found.push([sentence, timeless(await page.evaluate(rowsOf, [1, 4, 5, 8]))]);
      expect(await page.locator("#play-sentence").inputValue()).toBe("A whale");
      expect(problems).toEqual([]);
      await page.close();
    }
    expect(found[1]).toEqual(found[0]);
  });

  test.each([
    ["#w=nine", "“w=nine”"],
    ["#w=12&zz=1", "“zz”"],
    ["#at=99999999", "“at=99999999”"],
    ["#t=own&text=AAAA", "damaged"],
    ["#t=own", "ask for the text"],
    ["#e=2&k=8", "topK"],
    [`#${SMALL}&ch=9_b_none*4_b_z`, "not in the order"],
  ])("that is damaged gets a sentence, and the page works: %s", async (hash, words) => {
    const { page, problems } = await play(hash);
    await expect.poll(() => said(page, ".play-problem"), PATIENT).toContain(words);
    expect(await said(page, ".play-problem")).toMatch(ONE_SENTENCE);
    await act(page, "step");
    await rests(page, 1);
    expect(problems).toEqual([]);
    await page.close();
  });

  test("to a part of the page is no run", async () => {
    const { page, problems } = await play("#presets", { reducedMotion: "reduce" });
    await page.evaluate(() => (location.hash = "#knobs"));
    await act(page, "step");
    await rests(page, 1);
    expect(await said(page, ".play-problem")).toBe("");
    expect(problems).toEqual([]);
    await page.close();
  });
});

test("all numbers of the table are those of the rows", async () => {
  const { page } = await play(`#${SMALL}&b=none&c=0.75&o=nextBest&at=5`);
  await rests(page, 5);
  const [rows] = await page.evaluate(rowsOf, [4]);
  expect(await tableOf(page)).toMatchObject(numbersOf(rows));
  await page.close();
});

const tableOf = (page: Page) =>
  page
    .locator(".play-numbers tbody tr")
    .evaluateAll((all) =>
      Object.fromEntries(
        all.map((row) => [row.children[0].textContent, [1, 2].map((i) => row.children[i].textContent)]),
      ),
    ) as Promise<Record<string, string[]>>;

function numbersOf({ dense, moe }: Rows): Record<string, string[]> {
  const layers = moe.routing!;
  const mean = (of: "dropped" | "rerouted" | "padding"): string =>
    `${((100 * layers.reduce((sum, layer) => sum + layer[of], 0)) / layers.length).toFixed(1)} %`;
  return {
    "loss of this step's batch, nats": [dense.loss.toFixed(3), moe.loss.toFixed(3)],
    "learning rate": [dense.lr.toPrecision(2), moe.lr.toPrecision(2)],
    "experts' worth of work, by layer": ["–", layers.map((layer) => layer.effectiveExperts.toFixed(1)).join(", ")],
    "experts without a token, by layer": ["–", layers.map((layer) => layer.deadExperts).join(", ")],
    "requests refused": ["–", mean("dropped")],
    "requests sent on": ["–", mean("rerouted")],
    "places that stay empty (padding)": ["–", mean("padding")],
  };
}

test("without scripts, and without a server, a sentence says what is missing", async () => {
  const { page } = await opened(here.browser, at(), { javaScriptEnabled: false });
  expect(await page.locator("#play-off").isVisible()).toBe(true);
  expect(await page.locator("#playground").isVisible()).toBe(false);
  await page.close();
});
