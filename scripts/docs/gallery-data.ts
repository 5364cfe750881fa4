/** The files that the gallery's figures are drawn from: `node --import tsx scripts/docs/gallery-data.ts`, some two minutes.
 *  Two seeds of a dense transformer and its twin on Moby Dick, with what the routers did; and what the routers of the twin that comes
 *  trained say of four short texts. Written to test/plot/gallery/data, so that the gallery is the same on every machine. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fromArray, noGrad } from "../../lib/index.js";
import { mobyDick } from "../../lib/data/index.js";
import { pretrained, twins } from "../../lib/models/index.js";
import { train } from "../../lib/train/index.js";

const folder = path.resolve(import.meta.dirname, "../../test/plot/gallery/data");
const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
const round = (value: number): number => Number(value.toPrecision(4));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const text = await mobyDick();
const config = {
  vocabSize: text.tokenizer.vocabSize,
  blockSize: 64,
  nLayer: 2,
  nHead: 4,
  dModel: 64,
  nExpert: 8,
  topK: 2,
};
const log = ["by,run,step,loss,valLoss,grad_norm,router_entropy"];
const experts = ["step,layer,expert,share"];
for (const run of [1, 2]) {
  const { dense, moe } = twins(config, { seed: run });
  const plan = {
    steps: 200,
    batchSize: 12,
    lr: 2e-3,
    warmup: 20,
    seed: run,
    evalEvery: 20,
    evalBlocks: 32,
    metrics: true,
  };
  for (const [by, model] of Object.entries({ dense, MoE: moe }))
    for await (const { step, loss, valLoss, gradNorm, load, routing } of train(model, text, plan)) {
      if (step % 4 !== 0) continue;
      const entropy = routing ? round(mean(routing.map(({ routerEntropy }) => routerEntropy))) : "";
      log.push([by, run, step, round(loss), valLoss === null ? "" : round(valLoss), round(gradNorm), entropy].join());
      if (run === 1)
        load?.forEach((layer, l) => layer.forEach((share, e) => experts.push([step, l, e, round(share)].join())));
    }
}
write("twins.csv", `${log.join("\n")}\n`);
write("experts.csv", `${experts.join("\n")}\n`);

const { model, tokenizer } = await pretrained("moe");
const texts = ["It is a truth", "if (x > 0) {", "12 + 34 = 46", "en un lugar"];
const seen = texts.map((words) => {
  const ids = [...tokenizer.encode(words)];
  const { routings } = noGrad(() => model.forward(fromArray(ids, [1, ids.length], "int32")));
  const logits = routings.map(({ logits: given, nExpert }) => {
    const all = Array.from(given!.toTypedArray(), (value) => Number(value.toFixed(3)));
    return ids.map((_, n) => all.slice(n * nExpert, (n + 1) * nExpert));
  });
  return { tokens: ids.map((id) => tokenizer.decode([id])), logits };
});
const router = {
  tokens: seen.flatMap(({ tokens }) => tokens),
  router_logits: seen[0].logits.map((_, layer) => seen.flatMap(({ logits }) => logits[layer])),
};
write("router.json", `${JSON.stringify(router)}\n`);
console.log(
  `${log.length - 1} rows, ${router.tokens.length} tokens, ${router.router_logits.length} layers, top ${model.config.topK}`,
);
