/** The worker with the compiler of the notebook kernel, which a page starts when somebody edits. */

import { Cells } from "./compiler.js";
import type { Answers, Ask, Question, Reply } from "./messages.js";
import { addFiles } from "./system.js";

const reply = (said: Reply): void => postMessage(said);

/** Lets messages in that came meanwhile. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function load(): Promise<Cells> {
  const address = new URL("types.json", location.href);
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address.pathname} could not be fetched (${response.status})`);
  addFiles((await response.json()) as Record<string, string>);
  return new Cells();
}

const loading = load();
loading.catch((error: unknown) => reply({ type: "failed", why: (error as Error).message }));

/** Of each kind the newest question: who asks again has no use for the older answer. */
const waiting = new Map<Question, Ask>();
let isWorking = false;

addEventListener("message", ({ data }: MessageEvent<Ask>) => {
  const late = waiting.get(data.question);
  if (late) reply({ type: "late", id: late.id });
  waiting.delete(data.question); // to its end
  waiting.set(data.question, data);
  if (!isWorking) void work();
});

async function work(): Promise<void> {
  isWorking = true;
  const cells = await loading.catch(() => null);
  while (cells && waiting.size > 0) {
    const ask = next();
    const steps = cells.declarations(ask.before);
    let step = steps.next();
    for (; !step.done && waiting.get(ask.question) === ask; step = steps.next()) await turn();
    // Otherwise it came too late, and what was compiled for it is kept.
    if (waiting.get(ask.question) !== ask) continue;
    waiting.delete(ask.question);
    try {
      reply({ type: "answer", id: ask.id, answer: answer(cells, step.done ? step.value : "", ask) });
    } catch {
      reply({ type: "none", id: ask.id });
    }
    await turn();
  }
  isWorking = false;
}

/** Who waits for a word to choose, or for what a name is, comes before the red lines. */
function next(): Ask {
  return waiting.get("completions") ?? waiting.get("hover") ?? waiting.get("diagnostics")!;
}

function answer(cells: Cells, declarations: string, ask: Ask): Answers[Question] {
  return cells[ask.question](declarations, ask);
}
