import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Corpus } from "twinformer/data";
import type { TrainRow } from "twinformer/train";
import { afterAll, describe, expect, it } from "vitest";
import { codeOf } from "../../../site/playground/run/code.js";
import { defaults, type Run, withChange } from "../../../site/playground/run/settings.js";
import { texts } from "../../../site/playground/run/texts.js";
import { TwinRun } from "../../../site/playground/run/twinRun.js";
import { project } from "../../launcher/clone.js";

// Inside of the project, so that "twinformer" is found as a reader's program finds it.
mkdirSync(path.join(project, "build"), { recursive: true });
const folder = mkdtempSync(path.join(project, "build/code-of-playground-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
/** Runs a cell as a program. */
async function rowsOf(code: string): Promise<TrainRow[]> {
  const file = path.join(folder, `cell${files++}.mjs`);
  writeFileSync(file, `${code}\nexport { rows };\n`);
  const { rows } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { rows: TrainRow[] };
  return rows.map((row) => ({ ...row, seconds: 0, tokensPerSecond: 0 }));
}

const small: Run = { settings: { ...defaults, text: "typescript", width: 8, experts: 4 }, changes: [] };
const runs: Record<string, Run> = {
  "as it begins": small,
  "with all kinds of changes": [
    [3, { balance: "bias", strength: 0.05 }] as const,
    [5, { capacity: 1, overflow: "nextBest", lr: 0.01 }] as const,
    [8, { noise: "normal", noiseScale: 0.5, balance: "none" }] as const,
    [40, { lr: 0.1 }] as const,
  ].reduce((run, [after, to]) => withChange(run, after, to), small),
  "with another router": {
    settings: {
      ...small.settings,
      select: "expertChoice",
      balance: "none",
      shared: 1,
      topK: 1,
      seed: 7,
      noise: "gumbel",
      noiseScale: 0.3,
    },
    changes: [],
  },
};

describe("Show me the code", () => {
  it.each(Object.entries(runs))("gives the rows of the playground: %s", async (_, run) => {
    const { readFile } = await import("node:fs/promises");
    const text = (await readFile(path.join(project, "assets", texts.typescript.file), "utf8")).slice(
      0,
      texts.typescript.characters,
    );
    const twins = new TwinRun(run, new Corpus(text));
    while (twins.step < 14) await twins.next();
    for (const which of ["moe", "dense"] as const) {
      const shown = twins.film.frames.map((frame) => ({ ...frame[which], seconds: 0, tokensPerSecond: 0 }));
      expect(await rowsOf(codeOf(run, 14, which))).toEqual(shown);
    }
  });

  it("is a cell as a reader would write it", () => {
    expect(codeOf(runs["with all kinds of changes"], 14)).toMatchSnapshot();
  });
});
