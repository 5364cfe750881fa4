/** What the playground costs while it trains both twins at its default settings and draws them. */

import type { Browser } from "playwright-core";
import { coldPage } from "../../browser/site/bytes.js";
import type { Hosted } from "../../browser/site/hosted.js";
import { callOf } from "../../browser/site/engines/engine.js";
import { PLAYGROUND } from "../../browser/site/play.js";
import { workerHeap } from "./memory.js";

export interface Playing {
  /** Steps of both twins a second, from the first picture of a step to that of the last one. */
  readonly stepsPerSecond: number;
  readonly redrawsPerSecond: number;
  /** Milliseconds of the longest task of the page's thread; 0 where none was over the 50 ms from which on Chromium tells. */
  readonly longest: number;
  /** How many there were. */
  readonly long: number;
  /** MB of JavaScript objects in page and worker after each fourth of the steps, after a collection. */
  readonly heaps: readonly { readonly step: number; readonly heap: number }[];
}

interface Leg {
  readonly steps: number;
  readonly seconds: number;
  readonly redraws: number;
  readonly longTasks: readonly number[];
}

export async function playing(browser: Browser, site: Hosted, steps: number): Promise<Playing> {
  const page = await coldPage(browser, { serviceWorkers: "block" });
  await page.goto(`${site.at(PLAYGROUND)}#at=0`);
  await page.locator(".play-figures svg").first().waitFor();
  const workerMB = await workerHeap(page);
  const session = await page.context().newCDPSession(page);
  const legs: Leg[] = [];
  const heaps = [];
  for (const share of [0.25, 0.5, 0.75, 1]) {
    const step = Math.round(share * steps);
    legs.push(await page.evaluate<Leg>(callOf(measure, [step])));
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    heaps.push({ step, heap: usedSize / 1e6 + (await workerMB()) });
  }
  await page.context().close();
  const sum = (of: (leg: Leg) => number): number => legs.reduce((total, leg) => total + of(leg), 0);
  const seconds = sum((leg) => leg.seconds);
  const tasks = legs.flatMap(({ longTasks }) => longTasks);
  return {
    stepsPerSecond: sum((leg) => leg.steps) / seconds,
    redrawsPerSecond: sum(({ redraws }) => redraws) / seconds,
    longest: Math.max(0, ...tasks),
    long: tasks.length,
    heaps,
  };
}

/** Runs in the page: plays until a step is shown. */
function measure(steps: number): Promise<Leg> {
  const find = (selector: string): HTMLElement => document.querySelector<HTMLElement>(selector)!;
  const stepNow = (): number => Number(/\d+/.exec(find("#play-step").textContent)![0]);
  const from = stepNow();
  const longTasks: number[] = [];
  const watch = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)));
  watch.observe({ type: "longtask" });
  return new Promise((done) => {
    let [redraws, began, first] = [0, 0, 0];
    new MutationObserver((_, observer) => {
      const [step, now] = [stepNow(), performance.now()];
      if (step === from) return;
      if (first === 0) [began, first] = [now, step];
      else redraws++;
      if (step < steps || step === first) return;
      observer.disconnect();
      find('[data-do="play"]').click();
      const seconds = (now - began) / 1000;
      // What was long is told after its end.
      setTimeout(() => {
        watch.disconnect();
        done({ steps: step - first, seconds, redraws, longTasks });
      }, 500);
    }).observe(find(".play-load"), { childList: true, attributes: true, characterData: true, subtree: true });
    find('[data-do="play"]').click();
  });
}
