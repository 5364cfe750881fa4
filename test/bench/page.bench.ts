/**
 * `npm run bench -- page`: what a page of build/site costs in Chromium: bytes zipped, milliseconds until it is seen, can be run and has
 * run an empty cell, training beside Node in interleaved rounds, memory over many steps, and the playground. `npm run site -- --short` makes
 * build/site. `--rounds N` (9), `--steps N` a round (8), `--long N` steps for memory (5000), `--play N` steps of the playground (200); `--only
 * playground` measures that alone; `--record` writes docs/browsers.md; CHROMIUM names a Chromium.
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
  if (isAlone && flags.has("record")) throw new Error("--record is of the whole suite, without --only");
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
  const rows: (readonly [string, string])[] = [];
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
  print(`page, Chromium ${browser.version()}; median (quartiles)`);
  try {
    if (!isAlone) await course();
    const { stepsPerSecond, redrawsPerSecond, longest, long: tasks, heap } = await playing(browser, site, play);
    const rates = `${stepsPerSecond.toFixed(1)}, ${redrawsPerSecond.toFixed(1)} pictures a second, ${heap.toFixed(1)} MB of objects`;
    say(`the playground: steps of both twins a second, over ${play} steps`, rates);
    const words = tasks === 0 ? "none over 50 ms" : `${longest.toFixed(0)} ms (${tasks} over 50 ms)`;
    say("the longest task of its page meanwhile (at most 50 ms)", words);
  } finally {
    await browser.close();
    site.close();
  }
  const { cpu, node, commit, load, date } = thisMachine();
  const notes = [`Chromium ${browser.version()}`, `rounds: ${rounds} of ${steps} steps`];
  if (flags.has("record")) {
    const how = `\`npm run bench -- page --record\` on ${date}, commit ${commit}: Chromium ${browser.version()}, Node ${node}, ${cpu}, load ${load}. Bytes are those of gzip -9; times are medians with their quartiles.`;
    await writePart("docs/browsers.md", "page", `${how}\n\n${tableOf(["what", "measured"], rows)}`);
  }
  return { suite: "page", rows: rows.map(([what, value]) => ({ what, value })), notes };
}
