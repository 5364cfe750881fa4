/** `params.json` with `configs/`: parameters by component, one case a row. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "./data.js";
import { attempt, NotThere, type Outcome } from "./report.js";

interface Row {
  name: string;
}

export function runParams(directory: string, file: string, rows: unknown): Outcome[] {
  if (!Array.isArray(rows)) throw new Error("it is no list of rows");
  return (rows as Row[]).map(({ name }) =>
    attempt(file, name, () => {
      const path = join(directory, "configs", `${name}.json`);
      if (!existsSync(path)) throw new Error(`configs/${name}.json is missing`);
      const { model_type: family } = readJson<{ model_type?: string }>(path);
      throw new NotThere(
        `the library counts no parameters from a Hugging Face config of the family ${family ?? "?"} yet`,
      );
    }),
  );
}
