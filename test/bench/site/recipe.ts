/** One training, as the same text in Node and in a cell of a page. */

/** Twins of 4 layers and 64 numbers on Moby-Dick, 16 blocks of 64 letters a step. Ends with a function `round`. */
export const recipe = `
const text = await mobyDick();
const config = { vocabSize: text.tokenizer.vocabSize, blockSize: 64, nLayer: 4, nHead: 4, dModel: 64, nExpert: 8, topK: 2 };
const models = twins(config, { seed: 1 });
const plan = { steps: 100000, warmup: 10, batchSize: 16, seed: 1 };
const runs = Object.fromEntries(["dense", "moe"].map((name) => [name, train(models[name], text, plan)[Symbol.asyncIterator]()]));
/** Trains on: milliseconds, and the loss of each step. */
const round = async (name, steps) => {
  const losses = [];
  const since = performance.now();
  for (let i = 0; i < steps; i++) losses.push((await runs[name].next()).value.loss);
  return { ms: performance.now() - since, losses };
};`;

export type ModelName = "dense" | "moe";

export interface Round {
  readonly ms: number;
  readonly losses: readonly number[];
}

export type Trainer = (name: ModelName, steps: number) => Promise<Round>;

const IMPORTS = `import { mobyDick } from "twinformer/data";
import { twins } from "twinformer/models";
import { train } from "twinformer/train";`;

/** Cells for a page: c0 makes the models, one cell a round for each of them. */
export const trainingCells = (steps: number): string[] => [
  IMPORTS + recipe,
  ...["dense", "moe"].map((name) => `console.log(JSON.stringify(await round("${name}", ${steps})));`),
];

/** A few steps of both, for who wants to know what a cell that trains fetches. */
export const firstTraining = `${IMPORTS}${recipe}\nconsole.log(JSON.stringify(await round("moe", 2)));`;

/** The same here, with the library as it is published. */
export async function trainerInNode(): Promise<Trainer> {
  const [{ mobyDick }, { twins }, { train }, { useThreads }] = await Promise.all([
    import("twinformer/data"),
    import("twinformer/models"),
    import("twinformer/train"),
    import("twinformer"),
  ]);
  useThreads(1);
  const AsyncFunction = (async () => {}).constructor as new (
    ...words: string[]
  ) => (...given: unknown[]) => Promise<Trainer>;
  return new AsyncFunction("mobyDick", "twins", "train", `${recipe}\nreturn round;`)(mobyDick, twins, train);
}
