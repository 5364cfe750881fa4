/**
 * `npm run bench -- page`: what a page of build/site costs in Chromium: bytes zipped, milliseconds until it is seen, can be run and has
 * run an empty cell, training beside Node in interleaved rounds, memory over many steps, and the playground. `npm run site -- --short` makes
 * build/site. `--rounds N` (9), `--steps N` a round (8), `--long N` steps for memory (5000), `--play N` steps of the playground (200); `--only
 * playground` measures that alone; `--record` writes what was measured into docs/browsers.md; CHROMIUM names a Chromium.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";
import { tableOf, writePart } from "../../scripts/record/parts.mjs";
import { thisMachine } from "../../scripts/record/thisMachine.mjs";
import { findChromium } from "../../scripts/test/chromium.mjs";
import { hosted } from "../browser/site/hosted.js";
import { memoryOverSteps } from "./site/memory.js";
import { playing } from "./site/playground.js";
import { sizes } from "./site/sizes.js";
import { cellOverhead, opening, trainingSpeed } from "./site/speed.js";
import { showSpread, type BenchOptions, type BenchResult } from "./suite.js";

export async function run({ flags, print }: BenchOptions): Promise<BenchResult> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("no Chromium was found: CHROMIUM=… names one");
  const isAlone = flags.get("only") === "playground";
  if (!existsSync(path.resolve(import.meta.dirname, "../../build/site", isAlone ? "playground.js" : "cells.js")))
    throw new Error("there is no build/site: run npm run site -- --short first");
  const number = (name: string, otherwise: number): number => Number(flags.get(name) ?? otherwise);
  const [rounds, steps, long, play] = [
    number("rounds", 9),
    number("steps", 8),
    number("long", 5000),
    number("play", 200),
  ];
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic"];
  const browser = await chromium.launch({ executablePath, args });
  const site = await hosted();
  let rows: (readonly [string, string])[] = [];
  const all: typeof rows = [];
  const say = (what: string, value: string): void => {
    rows.push([what, value]);
    print(`  ${what.padEnd(78)} ${value}`);
  };
  const course = async (): Promise<void> => {
    for (const { what, bytes } of await sizes(browser, site)) say(what, `${(bytes / 1000).toFixed(1)} kB`);
    const { paint, ready } = await opening(browser, site, rounds);
    say("first paint, a cold profile", `${showSpread(paint, 0)} ms`);
    say("cells can be run", `${showSpread(ready, 0)} ms`);
    const empty = await cellOverhead(browser, site, 30);
    say("an empty cell, from click to done (at most 30 ms)", `${showSpread(empty, 1)} ms`);
    for (const { model, where, stepsPerSecond, ofNode, apart } of await trainingSpeed(browser, site, rounds, steps)) {
      const beside = where.startsWith("Node") ? "" : `, ${showSpread(ofNode)} of Node`;
      const losses = where.startsWith("Node") ? "" : apart === 0 ? "; the same losses" : `; losses within ${apart.toExponential(1)}`; // prettier-ignore
      say(`steps a second, ${model}, ${where}`, `${showSpread(stepsPerSecond, 1)}${beside}${losses}`);
    }
    for (const { step, heap, linear } of await memoryOverSteps(browser, site, [long / 10, long / 2, long])) {
      say(`memory after ${step} steps`, `${heap.toFixed(1)} MB of objects, ${linear.toFixed(1)} MB of WebAssembly`);
    }
  };
  const playground = async (): Promise<void> => {
    const { stepsPerSecond, redrawsPerSecond, longest, long: tasks, heaps } = await playing(browser, site, play);
    say(`the playground: steps of both twins a second, over ${play} steps (at least 10)`, stepsPerSecond.toFixed(1));
    say("pictures a second meanwhile (at least 10)", redrawsPerSecond.toFixed(1));
    const words = tasks === 0 ? "none over 50 ms" : `${longest.toFixed(0)} ms (${tasks} over 50 ms)`;
    say("the longest task of its page meanwhile (at most 50 ms)", words);
    for (const { step, heap } of heaps) say(`objects of page and worker after step ${step}`, `${heap.toFixed(1)} MB`);
  };
  /** Writes the rows since the last part, where that is wanted. */
  const record = async (part: string, how: string, about: string): Promise<void> => {
    const { cpu, node, commit, load, date } = thisMachine();
    const where = `on ${date}, commit ${commit}: Chromium ${browser.version()}, Node ${node}, ${cpu}, load ${load}.${about}`;
    const text = `\`npm run bench -- page ${how}\` ${where}\n\n${tableOf(["what", "measured"], rows)}`;
    if (flags.has("record")) await writePart("docs/browsers.md", part, text);
    all.push(...rows);
    rows = [];
  };
  print(`page, Chromium ${browser.version()}; median (quartiles)`);
  try {
    if (!isAlone) {
      await course();
      await record("page", "--record", " Bytes are those of gzip -9; times are medians with their quartiles.");
    }
    await playground();
    await record("playground", `--only playground --play ${play} --record`, "");
  } finally {
    await browser.close();
    site.close();
  }
  const notes = [`Chromium ${browser.version()}`, `rounds: ${rounds} of ${steps} steps`];
  return { suite: "page", rows: all.map(([what, value]) => ({ what, value })), notes };
}
