/** Runs the page of a notebook to its end, in any engine. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Claim } from "../claims.js";
import type { OpenPage } from "./engine.js";

export interface Ran {
  /** From the click on *Run all* to the last cell. */
  readonly seconds: number;
  readonly claims: readonly Claim[];
  /** Errors of cells and of the page, and what did not come to its end: none in a good run. */
  readonly errors: readonly string[];
  /** Trainings that their time limit ended: on a slow machine claims after them may say something else. */
  readonly cut: number;
}

/** @param timeout milliseconds for all cells */
export async function runToEnd(page: OpenPage, timeout = 240_000): Promise<Ran> {
  const opened = performance.now();
  while (!(await page.run(isLive))) {
    if (performance.now() - opened > 60_000) return failed("the page did not come to life", await page.run(problems));
    await sleep(100);
  }
  await page.run(runAll);
  const since = performance.now();
  let at = await page.run(state);
  for (; !at.rests; at = await page.run(state)) {
    if (performance.now() - since > timeout)
      return failed(`did not end in ${timeout / 1000} s: ${at.unfinished.join(", ")}`, await page.run(problems));
    await sleep(300);
  }
  const seconds = (performance.now() - since) / 1000;
  const unfinished = at.unfinished.map((id) => `${id} did not run to its end`);
  const errors = [...at.errors, ...unfinished, ...(await page.run(problems))];
  return { seconds, claims: parsed(await page.run(claims)), errors, cut: await page.run(cut) };
}

const failed = (words: string, more: readonly string[]): Ran => ({
  ...{ seconds: NaN, claims: [], cut: 0 },
  errors: [words, ...more],
});

type Found = readonly (readonly [string, string, string])[];

const parsed = (found: Found): Claim[] =>
  found.map(([id, verdict, values]) => ({ id, verdict, values: JSON.parse(values) as unknown }));

// These run in the page.

const isLive = (): boolean =>
  document.querySelector(".live-bar") !== null && document.querySelector(".live-cell") !== null;

const runAll = (): void =>
  [...document.querySelectorAll<HTMLButtonElement>(".live-bar button")]
    .find((button) => button.textContent.includes("Run all"))!
    .click();

const claims = (): Found =>
  [...document.querySelectorAll("[data-claim]")].map((one) => [
    one.getAttribute("data-claim")!,
    one.getAttribute("data-verdict")!,
    one.getAttribute("data-values")!,
  ]);

function state(): { rests: boolean; errors: string[]; unfinished: string[] } {
  const bar = document.querySelector<HTMLElement>(".live-bar")!;
  const waits = document.querySelector('[data-state="waiting"], [data-state="running"]') !== null;
  const rests = ["idle", "asleep"].includes(bar.dataset.state ?? "");
  const unfinished = [...document.querySelectorAll('.code-cell:not([data-state="done"])')];
  return {
    rests: rests && (!waits || bar.dataset.state === "idle"),
    errors: [...document.querySelectorAll<HTMLElement>(".live-error")].map((one) => one.innerText),
    unfinished: unfinished.map((one) => one.id.replace("cell-id=", "")),
  };
}

const cut = (): number =>
  [...document.querySelectorAll(".twinformer-status")].filter((one) => one.textContent.startsWith("Time is up")).length;

const problems = (): string[] => (globalThis as { twinformerProblems?: string[] }).twinformerProblems ?? [];
