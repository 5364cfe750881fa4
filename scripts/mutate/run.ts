/** Runs the tests against mutants: first those that tests reach, then those that matter while a file is loaded. */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createVitest, type TestSpecification, type TestUserConfig, type Vitest } from "vitest/node";
import { type Event, Journal } from "./journal.js";
import { instrumented, type Mutant } from "./mutants.js";
import type { Plan, Running } from "./runner.js";

export interface MutateOptions {
  root: string;
  /** A folder for what the run writes; what is there from a run that was stopped is gone on with. */
  folder: string;
  mutants: readonly Mutant[];
  /** Which tests, in vitest's words: `include`, `exclude`, `env`. */
  tests: TestUserConfig;
  workers: number;
  /** Milliseconds that a mutant may take longer than a test alone, before its time is up. */
  patience?: number;
  /** Told now and then how far it is. */
  progress?: (text: string) => void;
}

export interface Outcome {
  mutant: Mutant;
  /** "unreached": no test comes by. */
  how: "killed" | "timeout" | "survived" | "unreached";
}

export interface MutateResult {
  outcomes: Outcome[];
  /** Tests that were left out, and why. */
  skipped: { file: string; why: string }[];
}

/** In as many files a mutant that matters while they are loaded is tried alone. */
const ALONE = 2;

export async function mutate(options: MutateOptions): Promise<MutateResult> {
  const { root, folder, mutants, patience = 5000, progress = () => {} } = options;
  mkdirSync(folder, { recursive: true });
  const journal = new Journal(path.join(folder, "journal.jsonl"));
  const plan = (slow: boolean, active: Plan["active"] = null): void => {
    const places = mutants.map(({ file, start, end }) => ({ file, start, end }));
    const plan: Plan = { places, patience, slow, active };
    writeFileSync(path.join(folder, "plan.json"), JSON.stringify(plan));
  };
  const vitest = await start(options);
  const watch = setInterval(() => killLate(folder), 1000);
  try {
    const name = (spec: TestSpecification): string => path.relative(root, spec.moduleId).split(path.sep).join("/");
    const specs = (await vitest.globTestSpecifications()).sort((a, b) => (name(a) < name(b) ? -1 : 1));
    for (const slow of [false, true]) {
      plan(slow);
      for (let events = -1; ; events = journal.events.length) {
        const finished = new Set(of(journal.read(), "finished").flatMap((e) => (e.slow === slow ? [e.file] : [])));
        const later = of(journal, "later").filter((e) => e.reached.some((mutant) => !journal.killed.has(mutant)));
        const files = new Set(slow ? later.map(({ file }) => file) : specs.map(name));
        const left = byNearness(specs, name, mutants).filter((s) => files.has(name(s)) && !finished.has(name(s)));
        const killed = `${journal.killed.size} of ${mutants.length} mutants killed`;
        progress(`${left.length} files with ${slow ? "slow " : ""}tests left, ${killed}`);
        if (left.length === 0) break;
        if (journal.events.length === events) throw new Error(`no test ends in ${left.map(name).join(", ")}`);
        const { testModules } = await vitest.runTestSpecifications(left);
        for (const module of testModules)
          for (const { message } of module.errors()) throw new Error(`${module.relativeModuleId}: ${message}`);
        for (const { file, test, mutants } of dead(folder)) {
          if (mutants.length === 1) journal.add({ event: "killed", mutant: mutants[0], how: "timeout", test });
          else if (mutants.length > 1) journal.add({ event: "suspects", file, test, mutants });
          else journal.add({ event: "skipped", file, test, why: "the worker dies" });
        }
      }
    }
    const loaded = new Map(of(journal, "loaded").map(({ file, reached }) => [file, new Set(reached)]));
    const gone = new Set(of(journal, "survived loading").map(({ file, mutants }) => `${file} ${mutants.join()}`));
    const load = async (spec: TestSpecification, group: readonly number[]): Promise<void> => {
      if (group.length === 0 || gone.has(`${name(spec)} ${group.join()}`)) return;
      plan(false, [...group]);
      const { testModules, unhandledErrors } = await vitest.runTestSpecifications([spec]);
      const stuck = dead(folder).length > 0;
      const passed = testModules.length > 0 && testModules.every((module) => module.ok());
      if (passed && !stuck && unhandledErrors.length === 0)
        journal.add({ event: "survived loading", file: name(spec), mutants: [...group] });
      else if (group.length === 1)
        journal.add({ event: "killed", mutant: group[0], how: stuck ? "timeout" : "killed", test: name(spec) });
      else {
        await load(spec, group.slice(0, group.length >> 1));
        await load(spec, group.slice(group.length >> 1));
      }
      journal.read();
    };
    const alive = (): number[] => [...mutants.keys()].filter((index) => !journal.killed.has(index));
    // What no test itself reaches, alone in the files nearest to it, where it is most likely noticed; then all together.
    const tried = new Set(of(journal, "tried").flatMap((event) => event.reached));
    for (const index of alive().filter((index) => !tried.has(index))) {
      const files = byNearness(specs, name, [mutants[index]]).filter((spec) => loaded.get(name(spec))?.has(index));
      if (files.length > 0)
        progress(`one that matters while files are loaded: ${mutants[index].file}:${mutants[index].line}`);
      for (const spec of files.slice(0, ALONE)) if (!journal.killed.has(index)) await load(spec, [index]);
    }
    for (const spec of specs) {
      const group = alive().filter((index) => loaded.get(name(spec))?.has(index));
      if (group.length > 0) progress(`${group.length} that matter while ${name(spec)} is loaded`);
      await load(spec, group);
    }
    journal.read();
    const reached = new Set([...tried, ...of(journal, "loaded").flatMap((event) => event.reached)]);
    return {
      outcomes: mutants.map((mutant, index) => ({
        mutant,
        how: journal.killed.get(index)?.how ?? (reached.has(index) ? "survived" : "unreached"),
      })),
      skipped: [...of(journal, "skipped"), ...of(journal, "broken")].map(({ file, why }) => ({ file, why })),
    };
  } finally {
    clearInterval(watch);
    await vitest.close();
  }
}

/** The files of tests whose paths have most words in common with a mutant's first. */
function byNearness<S>(specs: readonly S[], name: (spec: S) => string, mutants: readonly Mutant[]): S[] {
  const files = [...new Set(mutants.map(({ file }) => file))].map((file) => file.split(/[/.]/));
  const score = (spec: S): number => {
    const words = name(spec).split(/[/.]/);
    return Math.max(...files.map((file) => file.filter((word) => words.includes(word)).length));
  };
  const scores = new Map(specs.map((spec) => [spec, score(spec)]));
  return specs.toSorted((a, b) => scores.get(b)! - scores.get(a)!);
}

const of = <E extends Event["event"]>(journal: Journal, event: E): Extract<Event, { event: E }>[] =>
  journal.events.filter((one): one is Extract<Event, { event: E }> => one.event === event);

async function start({ root, folder, mutants, tests, workers }: MutateOptions): Promise<Vitest> {
  const transform = (code: string, id: string): string | null => {
    const file = path.relative(root, id.split("?")[0]).split(path.sep).join("/");
    const inFile = mutants.map((mutant, index) => ({ mutant, index })).filter(({ mutant }) => mutant.file === file);
    return inFile.length > 0 ? instrumented(file, code, inFile) : null;
  };
  const sequencer = class {
    sort = (specs: TestSpecification[]): Promise<TestSpecification[]> => Promise.resolve(specs);
    shard = this.sort;
  };
  return createVitest(
    "test",
    {
      ...tests,
      root,
      config: false,
      watch: false,
      update: false, // no picture is drawn anew
      reporters: [{}],
      silent: true,
      pool: "forks",
      execArgv: ["--no-warnings"],
      maxWorkers: workers,
      runner: fileURLToPath(new URL("runner.ts", import.meta.url)),
      setupFiles: [fileURLToPath(new URL("setup.ts", import.meta.url))],
      sequence: { sequencer },
      env: { ...tests.env, MUTATE_PLAN: folder },
      dangerouslyIgnoreUnhandledErrors: true,
    },
    { logLevel: "silent", plugins: [{ name: "mutants", enforce: "pre", transform }] },
  );
}

const running = (folder: string): { file: string; note: Running }[] =>
  readdirSync(folder).flatMap((name) => {
    if (!name.startsWith("running-")) return [];
    const file = path.join(folder, name);
    try {
      return [{ file, note: JSON.parse(readFileSync(file, "utf8")) as Running }];
    } catch {
      return []; // it is being written
    }
  });

/** Ends workers in a loop that no clock of ours sees. */
function killLate(folder: string): void {
  for (const { note } of running(folder))
    if (Date.now() > note.until && alive(note.pid)) process.kill(note.pid, "SIGKILL");
}

/** What workers were at that are no more. */
function dead(folder: string): Running[] {
  return running(folder).map(({ file, note }) => {
    rmSync(file);
    return note;
  });
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
