import type { Browser, Page } from "playwright-core";
import { coldPage, runCell, toLife } from "../../browser/site/bytes.js";
import type { Hosted } from "../../browser/site/hosted.js";
import { interleaveTimed, pairedRatio, spread, type Spread } from "../measure.js";
import { ownPage } from "./ownPage.js";
import { type ModelName, type Round, trainerInNode, trainingCells } from "./recipe.js";

export interface Opening {
  readonly paint: Spread;
  readonly ready: Spread;
}

/** Milliseconds until something is seen and until cells can be run, by readers who were never there. */
export async function opening(browser: Browser, site: Hosted, rounds: number): Promise<Opening> {
  const [paints, readies]: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const page = await coldPage(browser);
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector(".live-cell")) return;
        observer.disconnect();
        (globalThis as { ready?: number }).ready = performance.now();
      }).observe(document, { childList: true, subtree: true });
    });
    await page.goto(site.at("05-parameters.html"));
    await toLife(page);
    await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
    const [paint, ready] = await page.evaluate(() => [
      performance.getEntriesByName("first-contentful-paint")[0].startTime,
      (globalThis as { ready?: number }).ready!,
    ]);
    paints.push(paint);
    readies.push(ready);
    await page.context().close();
  }
  return { paint: spread(paints), ready: spread(readies) };
}

/** Milliseconds from the click on an empty cell to "done". */
export async function cellOverhead(browser: Browser, site: Hosted, rounds: number): Promise<Spread> {
  const page = await ownPage(browser, site, [""]);
  for (let i = 0; i < 3; i++) await runCell(page, "c0");
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) times.push((await runCell(page, "c0")).ms);
  await page.context().close();
  return spread(times);
}

export interface Speed {
  readonly model: ModelName;
  readonly where: string;
  readonly stepsPerSecond: Spread;
  /** Its steps a second by those of Node, round by round. */
  readonly ofNode: Spread;
  /** Greatest distance of a step's loss from Node's; 0 where all are the same to the last digit. */
  readonly apart: number;
}

/** Steps a second in Node and in two pages: a first visit, and a second one, which has threads. */
export async function trainingSpeed(browser: Browser, site: Hosted, rounds: number, steps: number): Promise<Speed[]> {
  const trainer = await trainerInNode();
  const cells = trainingCells(steps);
  const pages = [await ownPage(browser, site, cells), await ownPage(browser, site, cells, { isolated: true })];
  for (const page of pages) await checked(page, "c0");
  const inPage =
    (page: Page) =>
    async (model: ModelName): Promise<Round> =>
      JSON.parse(await checked(page, model === "dense" ? "c1" : "c2")) as Round;
  const places = [
    { where: "Node, one thread", train: (model: ModelName) => trainer(model, steps) },
    { where: "page", train: inPage(pages[0]) },
    { where: "page with threads", train: inPage(pages[1]) },
  ];
  const found: Speed[] = [];
  for (const model of ["dense", "moe"] as const) {
    const losses: number[][] = places.map(() => []);
    const contenders = places.map(({ where, train }, i) => ({
      name: where,
      async time() {
        const round = await train(model);
        losses[i].push(...round.losses);
        return round.ms / steps;
      },
    }));
    const times = await interleaveTimed(contenders, rounds, 1);
    for (const [i, { where }] of places.entries())
      found.push({
        ...{ model, where },
        stepsPerSecond: spread(times[i].map((ms) => 1000 / ms)),
        ofNode: pairedRatio(times[i], times[0]),
        apart: Math.max(...losses[i].map((loss, step) => Math.abs(loss - losses[0][step]))),
      });
  }
  for (const page of pages) await page.context().close();
  return found;
}

async function checked(page: Page, id: string): Promise<string> {
  const { state, text } = await runCell(page, id);
  if (state !== "done") throw new Error(`a cell of the bench failed: ${text}`);
  return text.trim();
}
