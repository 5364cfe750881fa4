/** A training run in a process of its own, which saves itself after every step, and goes on from the last save when it is started again.
 *  It says when a save begins, and ends itself, as by SIGKILL from outside, at the stage of one that it is told. */

import { appendFileSync, writeFileSync } from "node:fs";
import { Corpus } from "../../../lib/data/index.js";
import { transformer } from "../../../lib/models/index.js";
import { train } from "../../../lib/train/index.js";
import type { Task } from "./saved.js";

const task = JSON.parse(process.argv[2]) as Task;
const { kill } = task;
const fs = process.getBuiltinModule("node:fs/promises");
const { open, rename, rm } = fs;
let saves = 0;
const dieAt = (stage: string): void => {
  if (saves === kill?.save && stage === kill.stage) process.kill(process.pid, "SIGKILL");
};
fs.open = async (...given) => {
  const file = await open(...given);
  if (given[1] !== "w") return file;
  saves++;
  process.stdout.write("saving\n");
  const writeFile = file.writeFile.bind(file);
  const sync = file.sync.bind(file);
  file.writeFile = async (bytes) => {
    const all = bytes as Uint8Array;
    if (saves === kill?.save && kill.stage === "half written") await file.write(all.subarray(0, all.length / 2));
    dieAt("half written");
    await writeFile(all);
    dieAt("written");
  };
  file.sync = async () => {
    await sync();
    dieAt("synced");
  };
  return file;
};
fs.rename = async (...given) => {
  await rename(...given);
  dieAt("renamed");
};
fs.rm = async (...given) => {
  dieAt("removing");
  await rm(...given);
};

const corpus = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(40));
const config = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 2, nHead: 2, dModel: 64, nExpert: 8 };
const model = transformer(
  { ...config, topK: 2, noise: "learned", balance: { bias: 0.01 }, expertDropout: 0.1 },
  { seed: 1 },
);
const saving = task.folder === null ? {} : { saveTo: task.folder, saveEvery: 1, resume: true };
for await (const row of train(model, corpus, {
  steps: 24,
  batchSize: 2,
  lr: 1e-2,
  evalEvery: 5,
  evalBlocks: 2,
  ...saving,
})) {
  appendFileSync(task.log, `${JSON.stringify({ ...row, seconds: 0, tokensPerSecond: 0 })}\n`);
}
writeFileSync(task.result, JSON.stringify(model.stateDict()));
