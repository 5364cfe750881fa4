/** The presets of the playground, each with several seeds: does chance break what they show? */

import { Corpus, mobyDickText } from "twinformer/data";
import { presets, story } from "../../site/playground/run/presets.js";
import { texts } from "../../site/playground/run/texts.js";
import { TwinRun } from "../../site/playground/run/twinRun.js";
import { recording } from "./record.js";

const SEEDS = [1, 2, 3, 4, 5] as const;

export interface PresetRow {
  readonly preset: string;
  readonly seed: number;
  /** Whether the run shows what the preset's name says, and what was seen. */
  readonly holds: boolean;
  readonly words: string;
}

export async function run(print: (line: string) => void): Promise<void> {
  const corpus = new Corpus((await mobyDickText()).slice(0, texts.moby.characters));
  const all = [story, ...presets];
  const settings = { presets: all.map(({ id, run, steps }) => ({ id, run, steps })) };
  const lab = recording<PresetRow>("playground", SEEDS, settings);
  const rows: PresetRow[] = [];
  for (const preset of all)
    for (const seed of SEEDS) {
      const { id, run, steps } = preset;
      const part = await lab.part(`${id} ${seed}`, async () => {
        const twins = new TwinRun({ ...run, settings: { ...run.settings, seed } }, corpus);
        while (twins.step < steps) await twins.next();
        return [{ preset: id, seed, ...preset.find(twins.film.frames) }];
      });
      rows.push(...part);
      print(`${id}, seed ${seed}: ${part[0].holds ? "" : "NOT SHOWN: "}${part[0].words}`);
    }
  lab.finish(rows);
}
