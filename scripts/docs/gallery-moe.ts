/** What the gallery's figures of experts are drawn from: `node --import tsx scripts/docs/gallery-moe.ts`, some two minutes. Of the mixture
 *  that comes trained: its routers over held-out text of its four domains, the loss with each expert switched off, the attention over
 *  one sentence. And the routers of a small mixture while it learns Moby Dick. Written to test/plot/gallery/data. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fromArray, noGrad, type Tensor } from "../../lib/index.js";
import { Corpus, heldOut, mobyDick } from "../../lib/data/index.js";
import { pretrained, transformer } from "../../lib/models/index.js";
import { withoutExperts } from "../../lib/moe/index.js";
import { evaluate, train } from "../../lib/train/index.js";

const root = path.resolve(import.meta.dirname, "../..");
const write = (name: string, text: string): void =>
  writeFileSync(path.join(root, "test/plot/gallery/data", name), `${text}\n`);
const round = (value: number, digits = 4): number => Number(value.toPrecision(digits));

const { model, tokenizer } = await pretrained("moe");
const { blockSize, nExpert } = model.config;
const run = (ids: readonly number[]) => noGrad(() => model.forward(fromArray(ids, [1, ids.length], "int32")));

// Four blocks of each domain: [L][N][topK] experts, the first with the largest weight.
const BLOCKS = 4;
const domains = ["english", "spanish", "code", "arithmetic"];
const texts = domains.map((domain) => {
  const text = readFileSync(path.join(root, "assets/domains", `${domain}.txt`), "utf8");
  const ids = [...tokenizer.encode(heldOut(text).validation)];
  return { domain, blocks: Array.from({ length: BLOCKS }, (_, i) => ids.slice(i * blockSize, (i + 1) * blockSize)) };
});
const seen = texts.flatMap(({ domain, blocks }) =>
  blocks.map((ids) => {
    const chosen = run(ids).routings.map(({ tokens, experts, weights, positions }) => {
      const given = weights.toTypedArray();
      const of: [number, number][][] = ids.map(() => []);
      tokens.forEach((n, a) => {
        if (positions[a] >= 0) of[n].push([experts[a], given[a]]);
      });
      return of.map((own) => own.sort((a, b) => b[1] - a[1]).map(([expert]) => expert));
    });
    return { domain, ids, chosen };
  }),
);
write(
  "choices.json",
  JSON.stringify({
    nExpert,
    domains: seen.flatMap(({ domain, ids }) => ids.map(() => domain)),
    tokens: seen.flatMap(({ ids }) => ids.map((id) => tokenizer.decode([id]))),
    chosen: seen[0].chosen.map((_, layer) => seen.flatMap(({ chosen }) => chosen[layer])),
  }),
);

const held = Int32Array.from(texts.flatMap(({ blocks }) => blocks.flat()));
const corpus = new Corpus({ name: "held out", tokenizer, train: held, validation: held });
const lossOf = (): number => round(evaluate(model, corpus), 6);
const base = lossOf();
const off = ["layer,expert,loss,base"];
for (let layer = 0; layer < model.config.nLayer; layer++)
  for (let expert = 0; expert < nExpert; expert++) {
    const lists = model.blocks.map((_, l) => (l === layer ? [expert] : []));
    off.push([layer, expert, withoutExperts(model, lists, lossOf), base].join());
  }
write("switchedOff.csv", off.join("\n"));

// Attention: softmax of q · k / √K over the tokens up to each one.
const ids = [...tokenizer.encode("The captain saw the whale, and the whale saw him.")];
const inputs: Tensor[] = [];
for (const { attention } of model.blocks) {
  const forward = attention.forward.bind(attention) as (...given: unknown[]) => Tensor;
  Object.assign(attention, { forward: (x: Tensor, ...more: unknown[]) => (inputs.push(x), forward(x, ...more)) });
}
run(ids);
const rows = model.blocks.flatMap(({ attention: { query, key, rotary, nHead, headSize } }, layer) =>
  Array.from({ length: nHead }, (_, head) => {
    const ofHead = (projection: { forward(x: Tensor): Tensor }): number[][] =>
      noGrad(() => {
        const all = projection.forward(inputs[layer]).toTypedArray();
        const width = nHead * headSize;
        const own = ids.map((_, t) => [...all.slice(t * width + head * headSize, t * width + (head + 1) * headSize)]);
        const turned = fromArray(own.flat(), [1, 1, ids.length, headSize] as number[]);
        const values = (rotary?.forward(turned) ?? turned).toTypedArray();
        return ids.map((_, t) => Array.from(values.slice(t * headSize, (t + 1) * headSize), Number));
      });
    const [q, k] = [ofHead(query), ofHead(key)];
    const weights = ids.map((_, i) => {
      const scores = k.slice(0, i + 1).map((own) => own.reduce((sum, x, d) => sum + x * q[i][d], 0) / headSize ** 0.5);
      const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
      const sum = powers.reduce((a, b) => a + b, 0);
      return ids.map((_, j) => Number(((powers[j] ?? 0) / sum).toFixed(4)));
    });
    return { layer, head, weights };
  }),
);
write("attention.json", JSON.stringify({ tokens: ids.map((id) => tokenizer.decode([id])), rows }));

const novel = await mobyDick();
const small = transformer(
  {
    ...{ vocabSize: novel.tokenizer.vocabSize, blockSize: 64, nLayer: 4, nHead: 4, dModel: 64 },
    ...{ nExpert: 8, topK: 2, balance: 0.01 },
  },
  { seed: 1 },
);
const plan = { steps: 200, batchSize: 12, lr: 2e-3, warmup: 20, seed: 1, evalBlocks: 8, metrics: true };
const log = ["step,layer,entropy,z,gini,maxViolation,flipRate"];
for await (const { step, routing } of train(small, novel, plan))
  if (step % 5 === 0)
    for (const { layer, routerEntropy, z, gini, maxViolation, flipRate } of routing ?? [])
      log.push([step, layer, ...[routerEntropy, z, gini, maxViolation, flipRate].map((x) => (x === null ? "" : round(x)))].join()); // prettier-ignore
write("routers.csv", log.join("\n"));
console.log(`${seen.length} blocks, ${off.length - 1} experts, ${rows.length} heads, ${log.length - 1} rows`);
