/** The worker of the game: holds the twin, and computes so that the page need not wait. */

import { pretrained, type Trained } from "twinformer/models";
import type { Game, Order, Report } from "./messages.js";
import { measure } from "./score.js";
import { COUNT, idsOf, NoText } from "./text.js";
import { countInto, type Counts, usualOf } from "./usual.js";

const MOST = 8; // tokens that are told of an expert

const report = (said: Report): void => postMessage(said);
const twin = pretrained("moe"); // from assets/models beside this script
twin.catch(() => {}); // who asks for a game is told

/** The game on a text. Throws a `NoText` where there is none. */
function gameOf({ model, tokenizer }: Trained, text: string): Game {
  const ids = idsOf(text, tokenizer, model.config.blockSize);
  return { ...measure(model, ids, COUNT), words: Array.from(ids, (id) => tokenizer.vocabulary[id]) };
}

async function count(texts: readonly string[]): Promise<void> {
  const { model, tokenizer } = await twin;
  const counts: Counts = new Map();
  const { nExpert, topK } = model.config;
  let tokens = 0;
  for (const text of texts) {
    tokens += countInto(counts, model, tokenizer.encode(text));
    await new Promise((done) => setTimeout(done)); // who asked for another text meanwhile comes first
  }
  const usual = usualOf(counts, nExpert, topK, MOST).map((own) =>
    own.map(({ id, count: n, share }) => ({ word: tokenizer.vocabulary[id], count: n, share })),
  );
  report({ type: "usual", usual, tokens });
}

async function obey(order: Order): Promise<void> {
  try {
    if (order.type === "count") await count(order.texts);
    else report({ type: "measured", number: order.number, game: gameOf(await twin, order.text) });
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    if (order.type === "measure" && error instanceof NoText)
      report({ type: "refused", number: order.number, sentence });
    else report({ type: "failed", sentence });
  }
}

addEventListener("message", ({ data }: MessageEvent<Order>) => void obey(data));
