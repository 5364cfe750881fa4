/** Finds the cases under a folder and runs each kind by its own file. */

import { existsSync, readdirSync } from "node:fs";
import { join, parse } from "node:path";
import { readJson } from "./data.js";
import { runModel } from "./models.js";
import { runOps } from "./ops.js";
import { runOptim } from "./optim.js";
import { runParams } from "./params.js";
import { runRouting } from "./routing.js";
import { runSwitch } from "./switch.js";
import { attempt, type Outcome } from "./report.js";

/** A file that was found: its name to print, and what runs it. */
interface Found {
  name: string;
  run: () => Outcome[] | Promise<Outcome[]>;
}

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);

/** Every file of a kind that the contract names, in a fixed order. */
function find(directory: string): Found[] {
  const json = (name: string, run: (file: string, content: unknown) => Outcome[]): Found => ({
    name,
    run: () => run(name, readJson(join(directory, name))),
  });
  const present = (name: string): boolean => existsSync(join(directory, name));
  const [routing, switches, models] = ["routing", "switch", "models"].map((folder) => namesIn(join(directory, folder)));
  return [
    ...["ops/ops.json"].filter(present).map((name) => json(name, (file, content) => runOps(file, content))),
    ...["ops/optim.json"].filter(present).map((name) => json(name, runOptim)),
    ...routing.filter((name) => name.endsWith(".json")).map((name) => json(`routing/${name}`, runRouting)),
    ...[...new Set(switches.map((name) => `switch/${parse(name).name}`))].map((name) => ({
      name,
      run: () => runSwitch(directory, name),
    })),
    ...models.map((name) => ({
      name: `models/${name}/config.json`,
      run: () => runModel(directory, `models/${name}`),
    })),
    ...["params.json"].filter(present).map((name) => json(name, (file, rows) => runParams(directory, file, rows))),
  ];
}

export async function runGolden(
  directory: string,
  print: (line: string) => void,
): Promise<{ passed: number; failed: number }> {
  let [passed, failed] = [0, 0];
  for (const { name, run } of find(directory)) {
    for (const outcome of await guarded(name, run)) {
      print(outcome.toString());
      if (outcome.ok) passed++;
      else failed++;
    }
  }
  if (passed + failed === 0) {
    failed = 1;
    print(
      `${directory}  all  FAIL ${existsSync(directory) ? "" : "there is no such folder, so "}there is no case that this runner knows (ops/ops.json, ops/optim.json, routing/*.json, switch/*, models/*/, params.json)`,
    );
  }
  print(`${passed} passed, ${failed} failed`);
  return { passed, failed };
}

/** A file that cannot be read, or has no case in it, is one failed case. */
async function guarded(name: string, run: Found["run"]): Promise<Outcome[]> {
  try {
    const outcomes = await run();
    if (outcomes.length > 0) return outcomes;
  } catch (thrown) {
    return [
      attempt(name, "all", () => {
        throw thrown;
      }),
    ];
  }
  return [
    attempt(name, "all", () => {
      throw new Error("there is no case in it");
    }),
  ];
}
