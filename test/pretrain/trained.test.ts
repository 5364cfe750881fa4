import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { domainCorpora, domainCorpus } from "../../lib/data/domains.js";
import { tokenizerFiles } from "../../lib/data/tokenizerJson.js";
import { pretrained, trainedNames } from "../../lib/models/trained.js";
import { transformer } from "../../lib/models/twins.js";
import { generate } from "../../lib/train/generate.js";
import { evaluate } from "../../lib/train/evaluate.js";
import { train } from "../../lib/train/loop.js";
import { cards, curveIn } from "../../scripts/pretrain/card.js";
import { layersByLoad, reportFindings } from "../../scripts/pretrain/findings.js";
import { readReport } from "../../scripts/pretrain/measure.js";
import { domains, evaluation, models, newTokenizer, seed, trainings } from "../../scripts/pretrain/plan.js";

const folder = "assets/models";
const report = readReport();

describe("the trained twins", () => {
  let tokenizer: ReturnType<typeof newTokenizer>;
  let mixture: ReturnType<typeof domainCorpus>;
  beforeAll(() => {
    tokenizer = newTokenizer();
    mixture = domainCorpus(domains, tokenizer, { blockSize: models.moe.blockSize });
  });

  test("weigh at most 13 MB together", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) =>
      statSync(`${folder}/${file}`),
    );
    expect(files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)).toBeLessThan(13e6);
  });

  test("have learned, by what the report says", () => {
    expect(reportFindings(report).filter(({ must, holds }) => must && !holds)).toEqual([]);
  });

  test("say whether the one without balance collapsed, and where validation loss is further than 0.1 from training loss", () => {
    const [of8, of4] = [{ load: [Array(8), Array(8), Array(8)] }, { load: [Array(4)] }];
    const own = (experts: object): ReturnType<typeof layersByLoad> => layersByLoad({ experts } as never);
    expect(own({ ...of8, effective: [2, 2.1, 6] })).toEqual({ collapsed: [0], even: [2] });
    expect(own({ ...of4, effective: [2.9] })).toEqual({ collapsed: [], even: [] });
    const holds = (said: RegExp): boolean => reportFindings(report).find(({ says }) => said.test(says))!.holds;
    const unbalanced = report.models.unbalanced.experts!;
    expect(holds(/^unbalanced: .*collapsed/)).toBe(unbalanced.effective.some((effective) => effective <= 2));
    const { validationLoss, trainLoss } = report.models.dense;
    const far = Object.keys(trainLoss).filter((domain) => validationLoss[domain] - trainLoss[domain] > 0.1);
    expect(holds(/^dense: the same in each domain/)).toBe(far.length === 0);
  });

  test("have the cards that their numbers make", () => {
    for (const [file, text] of Object.entries(cards(report)))
      expect(readFileSync(`${folder}/${file}`, "utf8"), file).toBe(text);
  });

  test.each(trainedNames)("%s: the model of its recipe, with the tokenizer of the text", async (name) => {
    const { model, tokenizer: own } = await pretrained(name);
    expect(model.config).toEqual(transformer(models[name]).config);
    expect(tokenizerFiles(own as never)).toEqual(tokenizerFiles(tokenizer));
    expect(curveIn(name)!.loss.length).toBe(trainings[name].steps);
    expect(generate(model, own, "It is a truth ", { tokens: 20 }).length).toBeGreaterThan(20);
  });

  test.each(trainedNames)("%s: its loss on held-out text is the last of its curve", async (name) => {
    const { model } = await pretrained(name);
    const last = curveIn(name)!.validation.at(-1)!.loss;
    for (const corpus of domainCorpora(mixture))
      // The file is rounded to float16, and another machine may sum in another order.
      expect(Math.abs(evaluate(model, corpus, { blocks: evaluation.blocks }) - last[corpus.name])).toBeLessThan(0.005);
  });

  test.each(trainedNames)("%s: the recipe begins as the recorded run began", async (name) => {
    const model = transformer(models[name], { seed });
    const begun = [];
    for await (const { step, loss } of train(model, mixture.corpus, trainings[name])) {
      begun.push(loss);
      if (step === 4) break;
    }
    begun.forEach((loss, i) => expect(Math.abs(loss - curveIn(name)!.loss[i])).toBeLessThan(0.002));
  });
});

test("a folder is a path or an address of a file", async () => {
  // By their digests: comparing a million numbers one by one takes a minute.
  const numbers = async (from?: string | URL): Promise<object[]> => {
    const state = (await pretrained("dense", from ? { from } : {})).model.stateDict();
    return Object.entries(state).map(([name, { shape, data }]) => [
      name,
      shape,
      createHash("sha256").update(data).digest("hex"),
    ]);
  };
  const wanted = await numbers();
  for (const from of [folder, `${folder}/`, path.resolve(folder), pathToFileURL(folder), pathToFileURL(folder).href])
    expect(await numbers(from)).toEqual(wanted);
});

test("where the files are not, a sentence says where they would be", async () => {
  await expect(pretrained("moe", { from: "/nowhere" })).rejects.toThrow(
    "pretrained: there is no /nowhere/moe/config.json; they are kept in assets/models of the project, not in the npm package: give their folder as { from }",
  );
  await expect(pretrained("large" as never)).rejects.toThrow("the name must be one of dense, moe, unbalanced");
});
