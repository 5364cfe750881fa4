/** Both twins, trained side by side, step by step, with changes on the way and forks. No page and no clock: the same settings and changes give the
 *  same frames, in a worker and in Node. */

import type { Corpus } from "twinformer/data";
import { changeRouting, modelConfig, transformer, type Transformer } from "twinformer/models";
import { generate, train, type TrainOptions, type TrainRow } from "twinformer/train";
import { Film, type Frame, type Writing } from "./film.js";
import { pack, type PackedRouted, readable, type Routed, routeSentence, unpack } from "./sentence.js";
import { BLOCKS, configs, EVERY, LAST, routing, type Run, settingsAt, shape, WARMUP } from "./settings.js";
import { type Snapshot, Snapshots } from "./snapshots.js";

/** Characters that each twin writes. */
const WRITTEN = 60;
/** Steps between two looks at the sentence: one costs a tenth of a step. */
const LOOK = 2;

type Twin = "dense" | "moe";

/** Throws a sentence unless there is a model for the settings at every step: knobs can be turned against each other. */
function checkRun(run: Run, { tokenizer }: Corpus): void {
  for (const after of [-1, ...run.changes.map((change) => change.after)])
    modelConfig(configs(settingsAt(run, after + 1), tokenizer.vocabSize).moe);
}

export class TwinRun {
  readonly film = new Film();
  readonly #snapshots = new Snapshots();
  #run: Run;
  #sentence = "";
  #models!: Record<Twin, Transformer>;
  #rows!: Record<Twin, AsyncGenerator<TrainRow, void, undefined>>;
  #step = 0;
  /** A model that goes on from a snapshot has its weights from its first step on. */
  #isLoaded = true;
  #routed: PackedRouted = { tokens: [], layers: [], effective: [] };
  #writing: Writing = { step: 0, prompt: "", dense: "", moe: "" };

  /** Throws a sentence for settings of which no model can be made, and for a text that is too short. */
  constructor(
    run: Run,
    readonly corpus: Corpus,
    sentence = "",
  ) {
    checkRun(run, corpus);
    this.#run = run;
    this.#start(0, null);
    this.say(sentence);
  }

  get run(): Run {
    return this.#run;
  }

  get step(): number {
    return this.#step;
  }

  get models(): Readonly<Record<Twin, Transformer>> {
    return this.#models;
  }

  /** Another sentence to look at. @returns what was left out of it, in words, or "" */
  say(sentence: string): string {
    const { text, note } = readable(sentence, this.corpus.tokenizer, shape.blockSize);
    this.#sentence = text;
    this.#look();
    return note;
  }

  get sentence(): Routed {
    return unpack(this.#routed);
  }

  /** One step of both twins; null at the end of all steps. Throws a TrainingError where a loss is no number any more. */
  async next(): Promise<Frame | null> {
    if (this.#step === LAST) return null;
    const [dense, moe] = [await this.#rows.dense.next(), await this.#rows.moe.next()];
    if (dense.done || moe.done) return null;
    this.#step = moe.value.step;
    this.#isLoaded = true;
    if (this.#step % LOOK === 0) this.#look();
    if (moe.value.valLoss !== null) this.#write();
    const frame = {
      step: this.#step,
      dense: dense.value,
      moe: moe.value,
      sentence: this.#routed,
      writing: this.#writing,
    };
    this.film.add(frame);
    return frame;
  }

  /** Another history: up to `after` it is the same run, and what follows is trained anew from there. Goes back to the last snapshot;
   *  the caller takes the steps from there to `after` with `next`.
   *  Throws a sentence, and leaves all as it is, for a run that cannot be trained.
   *  @returns the step that it stands at now */
  fork(run: Run, after: number): number {
    checkRun(run, this.corpus);
    if (after >= this.#step) {
      this.#run = run; // nothing was trained yet of what differs
      return this.#step;
    }
    const found = this.#snapshots.before(after);
    const at = found?.step ?? 0;
    this.film.cut(at);
    this.#snapshots.cut(at);
    this.#start(at, found?.snapshot ?? null);
    this.#run = run;
    return at;
  }

  /** A model as it was after `step`, of the run that is over. */
  #start(step: number, snapshot: Snapshot | null): void {
    const { settings } = this.#run;
    const { dense, moe } = configs(settings, this.corpus.tokenizer.vocabSize);
    const models = { dense: transformer(dense, settings), moe: transformer(moe, settings) };
    if (snapshot) changeRouting(models.moe, routing(snapshot.settings));
    const rateOf =
      (which: Twin) =>
      (taken: number): number => {
        const now = settingsAt(this.#run, taken + 1);
        // Asked at the start of each step: the moment in which what was changed after the last one takes effect.
        if (which === "moe" && this.#run.changes.some(({ after }) => after === taken))
          changeRouting(models.moe, routing(now));
        return now.lr * Math.min(1, (taken + 1) / WARMUP);
      };
    const plan = (which: Twin): TrainOptions => ({
      ...{ name: which === "moe" ? "MoE" : "dense", steps: LAST, batchSize: shape.batchSize, seed: settings.seed },
      ...{ evalEvery: EVERY, evalBlocks: BLOCKS, metrics: "batch", lr: rateOf(which) },
      saveEvery: EVERY,
      saveTo: (bytes, at) => this.#snapshots.add(at, which, bytes, settingsAt(this.#run, at)),
      ...(snapshot && { resume: snapshot[which] }),
    });
    this.#models = models;
    this.#rows = {
      dense: train(models.dense, this.corpus, plan("dense")),
      moe: train(models.moe, this.corpus, plan("moe")),
    };
    this.#step = step;
    this.#isLoaded = snapshot === null;
    const last = this.film.at(step);
    if (last) [this.#routed, this.#writing] = [last.sentence, last.writing];
    else {
      this.#look();
      this.#write();
    }
  }

  #look(): void {
    if (!this.#isLoaded) return;
    this.#routed = pack(routeSentence(this.#models.moe, this.corpus.tokenizer, this.#sentence));
  }

  /** Both go on from the start of the held-out text. */
  #write(): void {
    const { tokenizer, validation } = this.corpus;
    const prompt = tokenizer.decode(validation.subarray(0, 16));
    const of = (model: Transformer): string =>
      generate(model, tokenizer, prompt, { tokens: WRITTEN, temperature: 0.7, seed: this.#step }).slice(prompt.length);
    this.#writing = { step: this.#step, prompt, dense: of(this.#models.dense), moe: of(this.#models.moe) };
  }
}
