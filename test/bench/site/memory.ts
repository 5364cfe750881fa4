import type { Browser, CDPSession, Page } from "playwright-core";
import { runCell } from "../../browser/site/bytes.js";
import type { Hosted } from "../../browser/site/hosted.js";
import { ownPage } from "./ownPage.js";

export interface Memory {
  readonly step: number;
  /** MB of JavaScript objects in the worker, after a collection. */
  readonly heap: number;
  /** MB of the kernels' WebAssembly memory. */
  readonly linear: number;
}

const MODEL = `
import { memoryUse } from "twinformer";
import { mobyDick } from "twinformer/data";
import { twins } from "twinformer/models";
import { train } from "twinformer/train";
const text = await mobyDick();
const { moe } = twins({ vocabSize: text.tokenizer.vocabSize, blockSize: 32, nLayer: 2, nHead: 2, dModel: 32, nExpert: 4, topK: 2 });
const run = train(moe, text, { steps: 100000, batchSize: 2 })[Symbol.asyncIterator]();`;

const more = (steps: number): string =>
  `for (let i = 0; i < ${steps}; i++) await run.next();\nconsole.log(memoryUse().linearBytes / 1e6);`;

/** Memory of a page after so many steps of one training. */
export async function memoryOverSteps(browser: Browser, site: Hosted, stops: readonly number[]): Promise<Memory[]> {
  const cells = [MODEL, ...stops.map((stop, i) => more(stop - (stops[i - 1] ?? 0)))];
  const page = await ownPage(browser, site, cells);
  const found: Memory[] = [];
  await checked(page, "c0");
  const heapOf = await workerHeap(page);
  for (const [i, step] of stops.entries()) {
    const linear = Number(await checked(page, `c${i + 1}`));
    found.push({ step, linear, heap: await heapOf() });
  }
  await page.context().close();
  return found;
}

async function checked(page: Page, id: string): Promise<string> {
  const { state, text } = await runCell(page, id);
  if (state !== "done") throw new Error(`the training of the memory bench failed: ${text}`);
  return text;
}

/** Asks the page's worker for MB of its objects. It speaks through the page's session, by messages in messages. */
export async function workerHeap(page: Page): Promise<() => Promise<number>> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const attached = new Promise<string>((resolve) =>
    session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
      if (targetInfo.type === "worker") resolve(sessionId);
    }),
  );
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const sessionId = await attached;
  let asked = 0;
  const ask = (method: string): Promise<unknown> => {
    const id = ++asked;
    const answer = new Promise((resolve) =>
      session.on("Target.receivedMessageFromTarget", ({ message }) => {
        const said = JSON.parse(message) as { id?: number; result?: unknown };
        if (said.id === id) resolve(said.result);
      }),
    );
    void session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method }) });
    return answer;
  };
  return async () => {
    // What a finalizer frees is free after the turn that follows a collection.
    for (let i = 0; i < 3; i++) await ask("HeapProfiler.collectGarbage");
    const { usedSize } = (await ask("Runtime.getHeapUsage")) as { usedSize: number };
    return usedSize / 1e6;
  };
}
