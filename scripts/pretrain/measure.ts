/** What the trained models can do, measured on held-out text and written to assets/models/report.json, from which their cards are made. */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Corpus, type Split } from "../../lib/data/corpus.js";
import { domainCorpora, domainCorpus, heldOut } from "../../lib/data/domains.js";
import type { Mixture } from "../../lib/data/mixture.js";
import { pretrained, trainedNames } from "../../lib/models/trained.js";
import { transformer } from "../../lib/models/twins.js";
import type { Transformer } from "../../lib/models/transformer.js";
import { bitsPerByte } from "../../lib/train/bitsPerByte.js";
import { evaluate } from "../../lib/train/evaluate.js";
import { type ExpertCostRow, expertCosts } from "../../lib/train/labs/expertCosts.js";
import { specialization, type SpecializationRow } from "../../lib/train/labs/specialization.js";
import { train } from "../../lib/train/loop.js";
import { deadExperts, effectiveExperts } from "../../lib/moe/metrics/load.js";
import { noGrad } from "../../lib/tensor/autograd.js";
import { madeBy, type Made, rounded } from "../labs/record.js";
import { cards } from "./card.js";
import { NGram } from "./ngram.js";
import { domains, models, newTokenizer, seed, trainings } from "./plan.js";

/** A number for each domain. */
export type ByDomain = Record<string, number>;

export interface ModelReport {
  /** Bits per byte of held-out text. */
  bitsPerByte: ByDomain;
  /** Nats per token, of `blocks` blocks of what was learned from, and of as many that were held out. */
  trainLoss: ByDomain;
  validationLoss: ByDomain;
  /** By layer, on held-out text; null for a dense model. */
  experts: null | {
    specialization: SpecializationRow[];
    /** [L][E] load, [L] experts that get nothing, [L] effective number of experts. */
    load: number[][];
    dead: number[];
    effective: number[];
    /** [L][E][domain] what an expert's tokens are, and [L][E] the tokens that it gets most often. */
    shares: number[][][];
    tokens: string[][][];
    costs: ExpertCostRow[];
  };
}

export interface Report extends Made {
  command: string;
  /** What the command does not say about these numbers, in a sentence. */
  remark?: string;
  domains: string[];
  /** Of each domain: for losses and experts, and with an expert off. */
  blocks: { sample: number; switched: number };
  /** Bytes of held-out text. */
  heldOut: ByDomain;
  /** Bits per byte: a 5-gram model of characters and one of the models' tokens, each learned from the domain's own text; xz -9 of the
   *  held-out text alone, and what it adds to the xz -9 of the text that was learned from. */
  baselines: { fiveGram: ByDomain; fiveGramOfTokens: ByDomain; xz: ByDomain; xzAfterTraining: ByDomain };
  models: Record<string, ModelReport>;
  /** The mixture after a minute of training with the same text, and its steps. */
  minute: { steps: number; bitsPerByte: ByDomain };
}

const folder = fileURLToPath(new URL("../../assets/models", import.meta.url));

export const readReport = (): Report => JSON.parse(readFileSync(`${folder}/report.json`, "utf8")) as Report;

/** @param only models to measure anew; the rest of the report stays as it is. Default: everything */
export async function measureAll(print: (line: string) => void, only: readonly string[] = []): Promise<void> {
  const tokenizer = newTokenizer();
  const { blockSize } = models.moe;
  const mixture = domainCorpus(domains, tokenizer, { blockSize });
  const corpora = domainCorpora(mixture);
  const texts = domains.map(({ name, text }) => ({ name, ...heldOut(text) }));
  const byDomain = (value: (text: (typeof texts)[number], d: number) => number): ByDomain =>
    Object.fromEntries(texts.map((text, d) => [text.name, rounded(value(text, d), 4)]));
  const bits = (model: Transformer): ByDomain =>
    byDomain(({ validation }) => bitsPerByte(model, tokenizer, validation));

  const isPart = only.length > 0 && existsSync(`${folder}/report.json`);
  const fresh = (): Omit<Report, keyof Made> => ({
    ...{ command: "npm run pretrain -- --measure", domains: texts.map(({ name }) => name) },
    blocks: { sample: SAMPLE, switched: SWITCHED },
    heldOut: byDomain(({ validation }) => validation.length),
    baselines: {
      fiveGram: byDomain(({ train, validation }) => new NGram(train).bits(validation)),
      fiveGramOfTokens: byDomain(({ train, validation }) => {
        const asText = (text: string): string => charactersOf(tokenizer.encode(text));
        const own = asText(validation);
        return (new NGram(asText(train)).bits(own) * own.length) / validation.length;
      }),
      xz: byDomain(({ validation }) => (8 * xz(validation)) / validation.length),
      xzAfterTraining: byDomain(
        ({ train, validation }) => (8 * (xz(train + validation) - xz(train))) / validation.length,
      ),
    },
    models: {},
    minute: { steps: 0, bitsPerByte: {} },
  });
  const report: Report = { ...(isPart ? readReport() : fresh()), ...madeBy() };
  print(`baselines: ${JSON.stringify(report.baselines)}`);

  const isWanted = (name: string): boolean => existsSync(`${folder}/${name}`) && (!isPart || only.includes(name));
  for (const name of trainedNames.filter(isWanted)) {
    const { model } = await pretrained(name);
    const own: ModelReport = { bitsPerByte: bits(model), ...losses(model, corpora), experts: null };
    if (model.config.nExpert > 0) {
      const sample = equalParts(mixture, SAMPLE * blockSize);
      const { rows, shares, topCharacters } = specialization(model, sample, { blocks: Infinity });
      const load = meanLoad(model, sample.corpus);
      own.experts = {
        specialization: rows,
        load: load.map((layer) => layer.map((share) => rounded(share, 4))),
        dead: load.map((layer) => deadExperts(layer)),
        effective: load.map((layer) => rounded(effectiveExperts(layer), 2)),
        shares: shares.map((layer) => layer.map((expert) => expert.map((share) => rounded(share)))),
        tokens: topCharacters.map((layer) => layer.map((top) => top.map(({ character }) => character))),
        costs: expertCosts(model, mixture, { blocks: SWITCHED }).map((row) => ({
          ...row,
          ...{ loss: rounded(row.loss, 4), without: rounded(row.without, 4), cost: rounded(row.cost, 4) },
        })),
      };
    }
    report.models[name] = own;
    print(`${name}: ${JSON.stringify(own.bitsPerByte)}`);
  }

  if (!isPart) report.minute = await afterAMinute();
  writeFileSync(`${folder}/report.json`, `${JSON.stringify(report, null, 1)}\n`);
  for (const [file, text] of Object.entries(cards(report))) writeFileSync(`${folder}/${file}`, text);

  async function afterAMinute(): Promise<Report["minute"]> {
    const model = transformer(models.moe, { seed });
    const until = performance.now() + 60_000;
    const signal = {
      get aborted() {
        return performance.now() > until;
      },
    };
    let steps = 0;
    for await (const { step } of train(model, mixture.corpus, { ...trainings.moe, signal })) steps = step;
    return { steps, bitsPerByte: bits(model) };
  }
}

/** Nats per token of blocks that are spread evenly over what was learned from, and over what was held out: of the same pages. */
export function losses(
  model: Transformer,
  corpora: readonly Corpus[],
): Pick<ModelReport, "trainLoss" | "validationLoss"> {
  const { blockSize } = model.config;
  const of = (split: Split): ByDomain =>
    Object.fromEntries(
      corpora.map(({ name, tokenizer, ...ids }) => {
        const all = Math.floor(ids[split].length / blockSize);
        const spread = Int32Array.from({ length: SAMPLE * blockSize + 1 }, (_, i) => {
          const block = Math.floor((Math.floor(i / blockSize) * all) / SAMPLE);
          return ids[split][block * blockSize + (i % blockSize)] ?? 0; // a last target, which is not asked for
        });
        const corpus = new Corpus({ name, tokenizer, train: ids.train, validation: spread });
        return [name, rounded(evaluate(model, corpus), 4)];
      }),
    );
  return { trainLoss: of("train"), validationLoss: of("validation") };
}

/** Blocks of each domain on which losses are taken and experts are looked at: equally many, or the largest domain would speak loudest. */
const SAMPLE = 100;
/** And with each expert off in turn. */
const SWITCHED = 16;

/** The first tokens of each domain's held-out text. */
function equalParts({ corpus, labels, names }: Mixture, tokens: number): Mixture {
  const chosen = names.flatMap((_, d) => {
    const begin = labels.validation.indexOf(d);
    return Array.from({ length: tokens }, (_, i) => begin + i);
  });
  const { name, tokenizer, train } = corpus;
  const validation = Int32Array.from([...chosen, chosen.at(-1)! + 1], (at) => corpus.validation[at] ?? 0); // and a last target
  const own = { train: labels.train, validation: Uint8Array.from(chosen, (at) => labels.validation[at]) };
  return { corpus: new Corpus({ name, tokenizer, train, validation }), labels: own, names };
}

/** [L][E] over the held-out text of a corpus. */
function meanLoad(model: Transformer, corpus: Parameters<typeof evaluate>[1]): number[][] {
  let [sum, batches]: [number[][] | null, number] = [null, 0];
  noGrad(() => {
    for (const { inputs } of corpus.blocks("validation", 32, model.config.blockSize)) {
      const loads = model.forward(inputs).routings.map(({ load }) => load);
      const weight = inputs.shape[0];
      sum = loads.map((layer, l) => layer.map((share, e) => (sum?.[l][e] ?? 0) + share * weight));
      batches += weight;
    }
  });
  return sum!.map((layer) => layer.map((share) => share / batches));
}

/** One character for each token. */
const charactersOf = (ids: Int32Array): string => Array.from(ids, (id) => String.fromCharCode(id)).join("");

/** Bytes of `xz -9`. */
function xz(text: string): number {
  const { status, stdout, error } = spawnSync("xz", ["-9", "--stdout"], { input: text, maxBuffer: 2 ** 28 });
  if (error || status !== 0) throw new Error("npm run pretrain -- --measure needs the program xz (Debian: xz-utils)");
  return stdout.length;
}
