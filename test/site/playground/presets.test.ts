import { readFileSync } from "node:fs";
import path from "node:path";
import { Corpus, mobyDickText } from "twinformer/data";
import { describe, expect, it } from "vitest";
import { presets, type Preset, story } from "../../../site/playground/run/presets.js";
import { texts } from "../../../site/playground/run/texts.js";
import { TwinRun } from "../../../site/playground/run/twinRun.js";
import { project } from "../../launcher/clone.js";

const record = JSON.parse(readFileSync(path.join(project, "assets/labs/playground.json"), "utf8")) as {
  seeds: number[];
  settings: { presets: unknown };
  rows: { preset: string; seed: number; holds: boolean; words: string }[];
};
const all = [story, ...presets];
const corpus = new Corpus((await mobyDickText()).slice(0, texts.moby.characters));

const ran = async (preset: Preset) => {
  const { run, steps } = preset;
  const twins = new TwinRun(run, corpus);
  while (twins.step < steps) await twins.next();
  return preset.find(twins.film.frames);
};

describe("presets", () => {
  it("were trained with several seeds, all of them, and show what their names say with most", () => {
    expect(record.seeds.length).toBeGreaterThanOrEqual(5);
    expect(record.rows.map(({ preset, seed }) => `${preset} ${seed}`)).toEqual(
      all.flatMap(({ id }) => record.seeds.map((seed) => `${id} ${seed}`)),
    );
    expect(record.settings.presets).toEqual(
      JSON.parse(JSON.stringify(all.map(({ id, run, steps }) => ({ id, run, steps })))),
    );
    for (const { id, run } of all) {
      const own = record.rows.filter(({ preset }) => preset === id);
      expect(own.filter(({ holds }) => holds).length, id).toBeGreaterThanOrEqual(4);
      expect(own.find(({ seed }) => seed === run.settings.seed)!.holds, `${id} with the seed of its link`).toBe(true);
    }
  });

  // The short ones again; `npm run labs -- playground` trains all.
  it.each(all.filter(({ steps }) => steps <= 60).map((preset) => [preset.id, preset] as const))(
    "%s ends as it was recorded",
    async (id, preset) => {
      const found = await ran(preset);
      expect(found.holds).toBe(true);
      const { words } = record.rows.find((row) => row.preset === id && row.seed === preset.run.settings.seed)!;
      // Other kernels round otherwise: the words are the same, and their numbers nearly.
      const numbers = (text: string): number[] => (text.match(/\d+(\.\d+)?/g) ?? []).map(Number);
      expect(found.words.replace(/[\d.]+/g, "")).toBe(words.replace(/[\d.]+/g, ""));
      numbers(found.words).forEach((n, i) =>
        expect(Math.abs(n - numbers(words)[i])).toBeLessThanOrEqual(Math.max(0.6, 0.08 * n)),
      );
    },
    120_000,
  );

  it("say no where their rows do not show it", async () => {
    const even = {
      run: { settings: { ...story.run.settings, balance: "importance" as const, strength: 1 }, changes: [] },
      steps: 60,
    };
    const twins = new TwinRun(even.run, corpus);
    while (twins.step < 60) await twins.next();
    for (const id of ["collapse", "drop", "next-best"]) {
      const preset = presets.find((one) => one.id === id)!;
      expect(preset.find(twins.film.frames).holds).toBe(false);
    }
  }, 120_000);
});
