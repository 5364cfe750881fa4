/** The pictures of the README, from a real training of the twins: `node --import tsx scripts/docs/readme-picture.ts`.
 *  Takes a minute or two. Writes assets/twins.svg and assets/twins-dark.svg, and prints the numbers that they end in. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { mobyDick } from "../../lib/data/index.js";
import { twins } from "../../lib/models/index.js";
import { trainLive } from "../../lib/notebook/index.js";
import { loadChart, lossChart, type Figure, type Theme } from "../../lib/plot/index.js";
import { train } from "../../lib/train/index.js";

const steps = 400;
const text = await mobyDick();
const vocabSize = text.tokenizer.vocabSize;
const config = { vocabSize, blockSize: 64, nLayer: 4, nHead: 4, dModel: 64, nExpert: 8, topK: 2 };
const { dense, moe } = twins(config, { seed: 1 });
const plan = { steps, batchSize: 12, lr: 2e-3, warmup: 40, seed: 1, evalEvery: 25, evalBlocks: 128 };

const { rows, message } = await trainLive({ dense: train(dense, text, plan), MoE: train(moe, text, plan) });
console.log(message);
for (const row of rows.slice(-2))
  console.log(`${row.by}: validation loss ${row.valLoss?.toFixed(3)} nats per character`);

const evenly = { value: Math.log(vocabSize), label: `guessing evenly among ${vocabSize} characters` };
const pictures = [
  lossChart(rows, { steps, references: [evenly], title: "A transformer and its MoE twin learn Moby Dick" }),
  loadChart(rows, { steps, title: "The twin's by: who gets the tokens? One row an expert" }),
];

const assets = path.resolve(import.meta.dirname, "../../assets");
mkdirSync(assets, { recursive: true });
writeFileSync(path.join(assets, "twins.svg"), stacked(pictures, "light"));
writeFileSync(path.join(assets, "twins-dark.svg"), stacked(pictures, "dark"));

/** The figures under one another, as one file. */
function stacked(figures: readonly Figure[], theme: Theme): string {
  const margin = 12; // px around
  let y = margin;
  const parts = figures.map((figure) => {
    const part = figure.svg(theme).replace("<svg ", `<svg x="${margin}" y="${y}" `);
    y += figure.height + margin;
    return part;
  });
  const width = Math.max(...figures.map((figure) => figure.width)) + 2 * margin;
  const ground = theme === "light" ? "#ffffff" : "#111111";
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}">`;
  return `${open}<rect width="100%" height="100%" fill="${ground}"/>${parts.join("")}</svg>\n`;
}
