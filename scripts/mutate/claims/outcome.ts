import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { Copy } from "./copy.js";
import type { Break } from "./break.js";

export interface Outcome {
  /** Names of the failed tests that are about the claim. */
  failed: string[];
  /** What its badge says then; empty where the notebook did not come so far. */
  verdict: string;
  /** Why the notebook did not run to its end, if it did not. */
  problem: string;
}

interface Report {
  testResults: { message: string; assertionResults: { status: string; fullName: string }[] }[];
}

/** Breaks the copy, runs the notebook and its tests, and mends it. */
export function outcomeOf(copy: Copy, { claim, notebook, edits }: Break): Outcome {
  const files = [...new Set(edits.map(({ file }) => file))];
  const build = (): void => {
    const { code, output } = copy.run("scripts/mutate/claims/rebuild.mjs", files);
    if (code !== 0) throw new Error(`the copy could not be built: ${output}`);
  };
  const outcome = copy.during(edits, () => {
    build();
    const executed = path.join(copy.tree, `build/notebooks/${notebook}.ipynb`);
    rmSync(executed, { force: true });
    const { output } = copy.run("scripts/notebooks.mjs", [notebook, "--short"]);
    const problem = /^FAIL.*\n\s*([^\n]*)/m.exec(output)?.[1] ?? (/^ok /m.test(output) ? "" : output.slice(-2000));
    const report = path.join(copy.tree, "build/report.json");
    rmSync(report, { force: true });
    const tests = [`test/notebooks/${notebook.slice(0, 3)}`, "test/notebooks/all/verdicts"];
    const vitest = ["run", "--project", "notebooks", "--reporter=json", "--outputFile", report, ...tests];
    copy.run("node_modules/vitest/vitest.mjs", [...vitest, "-t", `${claim}\\b|${notebook}`]);
    return { failed: failedOf(report, claim, notebook), verdict: verdictOf(executed, claim), problem };
  });
  build();
  return outcome;
}

function failedOf(report: string, claim: string, notebook: string): string[] {
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
  const about = new RegExp(`(^|\\W)${claim}\\b`);
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status, fullName }) => status === "failed" && about.test(fullName))
    .map(({ fullName }) => fullName)
    .filter((name) => !name.includes("says of claim") || name.startsWith(notebook));
}

function verdictOf(executed: string, claim: string): string {
  try {
    const { cells } = JSON.parse(readFileSync(executed, "utf8")) as { cells: { outputs?: { data?: object }[] }[] };
    const shown = cells.flatMap(({ outputs = [] }) => outputs.map(({ data }) => JSON.stringify(data ?? {}))).join("\n");
    return new RegExp(`data-claim=\\\\"${claim}\\\\"[^>]*?data-verdict=\\\\"([^"\\\\]*)`).exec(shown)?.[1] ?? "";
  } catch {
    return ""; // the notebook was not written
  }
}
