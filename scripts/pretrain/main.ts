/** `npm run pretrain [-- NAME…] [--measure]`: trains the models of assets/models and measures them; about two hours. A run that was
 *  stopped or killed goes on where it ended (build/pretrain has its saves and rows). With names, only these are trained, and nothing is
 *  measured: so two terminals train two models beside each other. With --measure, they are only measured anew. */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { domainCorpora, domainCorpus } from "../../lib/data/domains.js";
import { tokenizerFiles } from "../../lib/data/tokenizerJson.js";
import { useThreads } from "../../lib/kernels/index.js";
import { savePretrained } from "../../lib/models/pretrained/index.js";
import { transformer } from "../../lib/models/twins.js";
import { evaluate } from "../../lib/train/evaluate.js";
import { train } from "../../lib/train/loop.js";
import { madeBy, rounded } from "../labs/record.js";
import { curveOf, type PretrainRow } from "./curve.js";
import { domains, evaluation, type ModelName, models, newTokenizer, seed, trainings } from "./plan.js";
import { measureAll } from "./measure.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
export const folderOf = (name: ModelName): string => `${root}assets/models/${name}`;

const args = process.argv.slice(2);
const names = args.filter((arg) => arg !== "--measure");
const unknown = names.find((name) => !(name in models));
if (unknown !== undefined) {
  console.error(`there is no model "${unknown}"; the models are ${Object.keys(models).join(", ")}`);
  process.exitCode = 1;
} else {
  const isMeasuring = args.includes("--measure");
  if (names.length > 0) useThreads(1); // on two cores, two models on a thread each are done sooner than one after the other on two
  if (!isMeasuring)
    for (const name of names.length > 0 ? names : Object.keys(models)) await pretrain(name as ModelName);
  if (isMeasuring || names.length === 0) await measureAll((line) => console.log(line), names);
}

async function pretrain(name: ModelName): Promise<void> {
  const tokenizer = newTokenizer();
  const mixture = domainCorpus(domains, tokenizer, { blockSize: models[name].blockSize });
  const parts = domainCorpora(mixture);
  const model = transformer(models[name], { seed });
  const build = `${root}build/pretrain/${name}`;
  mkdirSync(build, { recursive: true });
  const file = `${build}/rows.json`;
  const rows = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as PretrainRow[]) : [];
  const options = {
    ...trainings[name],
    name,
    saveTo: `${build}/saves`,
    saveEvery: evaluation.every,
    resume: true,
  } as const;
  for await (const { step, loss, load, seconds } of train(model, mixture.corpus, options)) {
    rows.length = step - 1; // of a run that was stopped after its last save, the rows beyond it
    const isDue = step % evaluation.every === 0;
    const validation = isDue ? parts.map((corpus) => evaluate(model, corpus, { blocks: evaluation.blocks })) : null;
    rows.push({ step, loss, load, seconds, validation });
    if (step % 100 === 0) console.log(`${name}: step ${step}, loss ${rounded(loss)}, ${Math.round(seconds)} s`);
    if (isDue) writeFileSync(file, JSON.stringify(rows));
  }
  const folder = folderOf(name);
  await savePretrained(model, folder, { dtype: "f16" });
  for (const [file, text] of Object.entries<string>({ ...tokenizerFiles(tokenizer) }))
    writeFileSync(`${folder}/${file}`, text);
  writeFileSync(`${folder}/curve.json`, curveOf(name, rows, madeBy()));
  rmSync(build, { recursive: true });
}
