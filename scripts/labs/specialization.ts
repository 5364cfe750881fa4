/** A twin trained on four domains, three times: which experts its tokens favour, against what chance gives. */

import { fourDomains, mixture } from "../../lib/data/index.js";
import { transformer } from "../../lib/models/index.js";
import { specialization, train } from "../../lib/train/index.js";
import { record, rounded } from "./record.js";

const MODEL = { blockSize: 32, nLayer: 2, nHead: 2, dModel: 32, nExpert: 8, topK: 2 } as const;
const PLAN = { steps: 400, batchSize: 16, lr: 2e-3, evalBlocks: 64 } as const;
const SEEDS = [1, 2, 3];

export async function run(print: (line: string) => void): Promise<void> {
  const texts = mixture(await fourDomains());
  const kept: object[] = [];
  for (const seed of SEEDS) {
    const model = transformer({ ...MODEL, vocabSize: texts.corpus.tokenizer.vocabSize }, { seed });
    const before = specialization(model, texts);
    let valLoss: number | null = null;
    for await (const row of train(model, texts.corpus, { ...PLAN, seed })) valLoss = row.valLoss ?? valLoss;
    const after = specialization(model, texts);
    for (const [when, { rows, shares, topCharacters }] of [
      ["before", before],
      ["after", after],
    ] as const) {
      for (const row of rows) {
        const { layer, domain, domainByChance, domainByCharacter, character } = row;
        kept.push({
          when,
          seed,
          valLoss: when === "after" ? valLoss : null,
          ...(JSON.parse(
            JSON.stringify(row, (_, v: unknown) => (typeof v === "number" ? rounded(v, 4) : v)),
          ) as object),
          shares: shares[layer].map((list) => list.map((s) => rounded(s))),
          topCharacters: topCharacters[layer].map((list) => list.map(({ character: c }) => c).join("")),
        });
        print(
          `seed ${seed} ${when}, layer ${layer + 1}: domain ${domain.toFixed(3)} (chance up to ${domainByChance.high.toFixed(3)}, by character up to ${domainByCharacter.high.toFixed(3)}), character ${character.toFixed(3)}`,
        );
      }
    }
  }
  record("specialization", SEEDS, { domains: texts.names, model: MODEL, train: PLAN }, kept);
}
