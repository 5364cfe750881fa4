/** The playground as a reader sees it: what tests ask a page of it. */

import type { Page } from "playwright-core";
import type { TrainRow } from "twinformer/train";
import { expect } from "vitest";
import { opened } from "./hosted.js";

export const PLAYGROUND = "playground/index.html";
export const PATIENT = { timeout: 60_000 };

/** Small twins, for steps that take no time. */
export const SMALL = "w=12&e=4";

export interface Rows {
  readonly dense: TrainRow;
  readonly moe: TrainRow;
}

type Opened = Awaited<ReturnType<typeof opened>>;

/** Opens a run, and waits until it is on the stage. */
export async function playground(browser: Parameters<typeof opened>[0], url: string, options = {}): Promise<Opened> {
  const found = await opened(browser, url, options);
  await found.page.locator(".play-figures svg").first().waitFor(PATIENT);
  return found;
}

export const said = (page: Page, selector: string): Promise<string> =>
  page.locator(selector).evaluate((element) => element.textContent);
export const act = (page: Page, name: string): Promise<void> => page.locator(`[data-do="${name}"]`).click();
export const turn = (page: Page, name: string, value: string): Promise<unknown> =>
  page.locator(`#knob-${name}`).selectOption(value);
/** The run in the address bar, as a person would write it. */
export const link = (page: Page): string => decodeURIComponent(new URL(page.url()).hash);

/** The step that is shown. */
export const stepOf = async (page: Page): Promise<number> => Number(/\d+/.exec(await said(page, "#play-step"))![0]);
export const reached = (page: Page, step: number): Promise<void> =>
  expect.poll(() => stepOf(page), PATIENT).toBeGreaterThanOrEqual(step);
/** Waits until nothing is trained any more, at this step. */
export async function rests(page: Page, step: number): Promise<void> {
  await expect.poll(() => said(page, "#play-step"), PATIENT).toMatch(new RegExp(`^step ${step}( of|$)`));
  await expect.poll(() => said(page, ".play-state"), PATIENT).toBe("paused");
  await drawn(page);
}
/** Waits until all pictures show what the words tell. */
const drawn = (page: Page): Promise<void> => page.locator('#playground[data-drawn="true"]').waitFor(PATIENT);

export async function pause(page: Page): Promise<number> {
  await act(page, "play");
  await expect.poll(() => said(page, ".play-state"), PATIENT).toBe("paused");
  await drawn(page);
  return stepOf(page);
}

/** Runs in the page: the rows of some steps, as the film shows them, in their order. */
export async function rowsOf(steps: readonly number[]): Promise<Rows[]> {
  const find = <E extends Element>(selector: string): E => document.querySelector<E>(selector)!;
  const scrub = find<HTMLInputElement>("#play-scrub");
  find<HTMLDetailsElement>(".play-row").open = true;
  const found: Rows[] = [];
  for (const step of steps) {
    scrub.value = String(step);
    scrub.dispatchEvent(new Event("input"));
    const isThere = (): boolean =>
      find("#play-step").textContent.split(" ")[1] === String(step) &&
      find<HTMLElement>("#playground").dataset.drawn === "true";
    while (!isThere()) await new Promise((done) => setTimeout(done, 20));
    found.push(JSON.parse(find(".play-row pre").textContent) as Rows);
  }
  return found;
}

/** Rows without what a clock has measured. */
export const timeless = (all: readonly Rows[]): object[] =>
  all.map(({ dense, moe }) => ({
    dense: { ...dense, seconds: 0, tokensPerSecond: 0 },
    moe: { ...moe, seconds: 0, tokensPerSecond: 0 },
  }));
