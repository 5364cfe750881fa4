import type { Browser } from "playwright-core";
import { runCell } from "../../browser/site/bytes.js";
import type { Hosted } from "../../browser/site/hosted.js";
import { ownPage } from "./ownPage.js";

export interface Memory {
  readonly step: number;
  /** MB of JavaScript objects in the worker, after a collection; null where the browser does not say. */
  readonly heap: number | null;
  /** MB of the kernels' WebAssembly memory. */
  readonly linear: number;
}

const program = (stops: readonly number[]): string => `
import { memoryUse } from "twinformer";
import { mobyDick } from "twinformer/data";
import { twins } from "twinformer/models";
import { train } from "twinformer/train";
const text = await mobyDick();
const { moe } = twins({ vocabSize: text.tokenizer.vocabSize, blockSize: 32, nLayer: 2, nHead: 2, dModel: 32, nExpert: 4, topK: 2 });
const found = [];
const run = train(moe, text, { steps: 100000, batchSize: 2 })[Symbol.asyncIterator]();
for (let step = 1; step <= ${Math.max(...stops)}; step++) {
  await run.next();
  if (!${JSON.stringify(stops)}.includes(step)) continue;
  // What a finalizer frees is free after the turn that follows a collection.
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const heap = performance.memory ? performance.memory.usedJSHeapSize / 1e6 : null;
  found.push({ step, heap, linear: memoryUse().linearBytes / 1e6 });
}
console.log(JSON.stringify(found));`;

/** Memory of a page after so many steps of one training. The browser needs --expose-gc. */
export async function memoryOverSteps(browser: Browser, site: Hosted, stops: readonly number[]): Promise<Memory[]> {
  const page = await ownPage(browser, site, [program(stops)]);
  const { state, text } = await runCell(page, "c0");
  if (state !== "done") throw new Error(`the training of the memory bench failed: ${text}`);
  await page.context().close();
  return JSON.parse(text) as Memory[];
}
