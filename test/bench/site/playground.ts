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
  /** MB of JavaScript objects in page and worker at the end, after a collection. */
  readonly heap: number;
}

export async function playing(browser: Browser, site: Hosted, steps: number): Promise<Playing> {
  const page = await coldPage(browser, { serviceWorkers: "block" });
  await page.goto(`${site.at(PLAYGROUND)}#at=0`);
  await page.locator(".play-figures svg").first().waitFor();
  const workerMB = await workerHeap(page);
  const counted = await page.evaluate<Omit<Playing, "heap">>(callOf(measure, [steps]));
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const heap = usedSize / 1e6 + (await workerMB());
  await page.context().close();
  return { ...counted, heap };
}

/** Runs in the page: plays until a step is shown. */
function measure(steps: number): Promise<Omit<Playing, "heap">> {
  const find = (selector: string): HTMLElement => document.querySelector<HTMLElement>(selector)!;
  const stepNow = (): number => Number(/\d+/.exec(find("#play-step").textContent)![0]);
  const durations: number[] = [];
  const watch = new PerformanceObserver((list) => durations.push(...list.getEntries().map(({ duration }) => duration)));
  watch.observe({ type: "longtask" });
  return new Promise((done) => {
    let [redraws, began, first] = [0, 0, 0];
    new MutationObserver((_, observer) => {
      const [step, now] = [stepNow(), performance.now()];
      if (step === 0) return;
      if (first === 0) [began, first] = [now, step];
      else redraws++;
      if (step < steps || step === first) return;
      observer.disconnect();
      find('[data-do="play"]').click();
      const seconds = (now - began) / 1000;
      const rates = { stepsPerSecond: (step - first) / seconds, redrawsPerSecond: redraws / seconds };
      // What was long is told after its end.
      setTimeout(() => {
        watch.disconnect();
        done({ ...rates, longest: Math.max(0, ...durations), long: durations.length });
      }, 500);
    }).observe(find(".play-load"), { childList: true, attributes: true, characterData: true, subtree: true });
    find('[data-do="play"]').click();
  });
}
