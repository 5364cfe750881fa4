/**
 * npm run mutate -- --claims [ID…] [--notebook NAME] [--record]
 * Breaks what one claim after another rests on (list.ts), in a copy of the project; runs the notebook that makes the claim, in its
 * short form, and the tests that read it. One of the tests of this claim must fail: else nobody would notice that it no longer holds.
 * --record writes what came of it into docs/course.md. A run that was stopped goes on where it was, as long as nothing has changed.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { tableOf, writePart } from "../../record/parts.mjs";
import { thisMachine } from "../../record/thisMachine.mjs";
import { hash } from "../sample.js";
import { Copy } from "./copy.js";
import type { Break } from "./break.js";
import { breaks } from "./list.js";
import { type Outcome, outcomeOf } from "./outcome.js";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    claims: { type: "boolean" },
    notebook: { type: "string" },
    record: { type: "boolean", default: false },
  },
});
const unknown = positionals.find((id) => !breaks.some(({ claim }) => claim === id));
const chosen = breaks.filter(
  ({ claim, notebook }) =>
    (positionals.length === 0 || positionals.includes(claim)) && notebook.startsWith(values.notebook ?? ""),
);
if (unknown !== undefined || chosen.length === 0) {
  console.error(`no break of ${unknown ?? "these"} is listed in scripts/mutate/claims/breaks/`);
  process.exitCode = 1;
} else await main();

async function main(): Promise<void> {
  os.setPriority(10); // it takes long, so it lets others go first
  const copy = Copy.make(root, path.join(root, "build/mutate/claims"));
  const file = path.join(copy.folder, "outcomes.json");
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, Outcome>) : {};
  const outcomes: { broken: Break; outcome: Outcome }[] = [];
  for (const broken of chosen) {
    const key = hash(copy.state + JSON.stringify(broken)).slice(0, 16);
    const outcome = (known[key] ??= outcomeOf(copy, broken));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(known, null, 1));
    outcomes.push({ broken, outcome });
    console.log(lineOf(broken, outcome));
  }
  const missed = outcomes.filter(({ outcome }) => howOf(outcome) !== "noticed");
  console.log(`${outcomes.length - missed.length} passed, ${missed.length} failed`);
  if (values.record) {
    const { commit, date } = thisMachine();
    const rows = outcomes.map(({ broken, outcome }) => [
      ...[broken.claim, broken.notebook, broken.breaks],
      ...[outcome.verdict || "none", howOf(outcome), String(outcome.failed.length)],
    ]);
    const head = ["claim", "notebook", "what is broken", "the badge then", "result", "tests that failed"];
    const sum = `Commit ${commit}, ${date}: ${outcomes.length - missed.length} noticed, ${missed.length} not.`;
    await writePart("docs/course.md", "npm run mutate -- --claims --record", `${sum}\n\n${tableOf(head, rows)}`);
  }
  if (missed.length > 0) process.exitCode = 1;
}

/** A notebook that ends before its claim says nothing of the claim. */
function howOf({ failed, verdict }: Outcome): string {
  if (verdict === "") return "ended before the claim";
  return failed.length > 0 ? "noticed" : "missed";
}

function lineOf({ claim, notebook, breaks: what }: Break, outcome: Outcome): string {
  const { failed, verdict, problem } = outcome;
  const lines = [`${howOf(outcome)}: ${claim} in ${notebook}, ${what}`];
  if (verdict !== "") lines.push(`the badge then says "${verdict}"`);
  if (failed.length > 0) lines.push(`${failed.length} failed, first: ${failed[0]}`);
  if (problem !== "") lines.push(problem);
  return lines.join("\n    ");
}
