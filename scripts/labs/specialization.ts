/** A twin trained on four domains, three times: which experts its tokens favor, against what chance gives. */

import { fourDomains, mixture } from "../../lib/data/index.js";
import { transformer } from "../../lib/models/index.js";
import { specialization, type SpecializationRow, train } from "../../lib/train/index.js";
import { recording, rounded } from "./record.js";

const MODEL = { blockSize: 32, nLayer: 2, nHead: 2, dModel: 32, nExpert: 8, topK: 2 } as const;
const PLAN = { steps: 400, batchSize: 16, lr: 2e-3, evalBlocks: 64 } as const;
const SEEDS = [1, 2, 3];

interface Kept extends SpecializationRow {
  when: "before" | "after";
  seed: number;
  valLoss: number | null;
  /** [E][domains] */
  shares: number[][];
  /** [E] the most frequent characters of each expert. */
  topCharacters: string[];
}

export async function run(print: (line: string) => void): Promise<void> {
  const texts = mixture(await fourDomains());
  const lab = recording<Kept>("specialization", SEEDS, { domains: texts.names, model: MODEL, train: PLAN });
  const kept: Kept[] = [];
  for (const seed of SEEDS) {
    const rows = await lab.part(`seed ${seed}`, async () => {
      const model = transformer({ ...MODEL, vocabSize: texts.corpus.tokenizer.vocabSize }, { seed });
      const measured = (when: Kept["when"], valLoss: number | null): Kept[] => {
        const { rows, shares, topCharacters } = specialization(model, texts);
        return rows.map((row, layer) => ({
          when,
          ...{ seed, valLoss },
          ...(JSON.parse(
            JSON.stringify(row, (_, v: unknown) => (typeof v === "number" ? rounded(v, 4) : v)),
          ) as SpecializationRow),
          shares: shares[layer].map((list) => list.map((s) => rounded(s))),
          topCharacters: topCharacters[layer].map((list) => list.map(({ character }) => character).join("")),
        }));
      };
      const before = measured("before", null);
      let valLoss: number | null = null;
      for await (const row of train(model, texts.corpus, { ...PLAN, seed })) valLoss = row.valLoss ?? valLoss;
      return [...before, ...measured("after", valLoss)];
    });
    kept.push(...rows);
    for (const { when, layer, domain, domainByChance, domainByCharacter, character } of rows)
      print(
        `seed ${seed} ${when}, layer ${layer + 1}: domain ${domain.toFixed(3)} (chance up to ${domainByChance.high.toFixed(3)}, by character up to ${domainByCharacter.high.toFixed(3)}), character ${character.toFixed(3)}`,
      );
  }
  lab.finish(kept);
}
