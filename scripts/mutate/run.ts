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

/** Kills by loading are tried one at a time in as many files, then together. */
const ALONE = 2;

export async function mutate(options: MutateOptions): Promise<MutateResult> {
  const { root, folder, mutants, patience = 5000, progress = () => {} } = options;
  mkdirSync(folder, { recursive: true });
  const journal = new Journal(path.join(folder, "journal.jsonl"));
  const plan = (active: Plan["active"]): void => {
    const plan: Plan = { mutants: mutants.length, patience, active };
    writeFileSync(path.join(folder, "plan.json"), JSON.stringify(plan));
  };
  plan(null);
  const vitest = await start(options);
  const watch = setInterval(() => killLate(folder), 1000);
  try {
    const near = (file: string, to: readonly Mutant[]): number => {
      const area = file.split("/")[1];
      return to.some((mutant) => mutant.file.split("/")[1] === area) ? 0 : 1;
    };
    const name = (spec: TestSpecification): string => path.relative(root, spec.moduleId).split(path.sep).join("/");
    const specs = (await vitest.globTestSpecifications()).sort(
      (a, b) => near(name(a), mutants) - near(name(b), mutants) || (name(a) < name(b) ? -1 : 1),
    );
    let events = -1;
    for (;;) {
      journal.read();
      const finished = new Set(journal.events.flatMap((e) => (e.event === "finished" ? [e.file] : [])));
      const left = specs.filter((spec) => !finished.has(name(spec)));
      progress(`${left.length} files of tests left, ${journal.killed.size} of ${mutants.length} mutants killed`);
      if (left.length === 0) break;
      if (journal.events.length === events) throw new Error(`no test ends in ${left.map(name).join(", ")}`);
      events = journal.events.length;
      const { testModules } = await vitest.runTestSpecifications(left);
      for (const module of testModules)
        for (const { message } of module.errors()) throw new Error(`${module.relativeModuleId}: ${message}`);
      for (const { file, test, mutants } of dead(folder)) {
        if (mutants.length === 1) journal.add({ event: "killed", mutant: mutants[0], how: "timeout", test });
        else if (mutants.length > 1) journal.add({ event: "suspects", file, test, mutants });
        else journal.add({ event: "skipped", file, test, why: "the worker dies" });
      }
    }
    const loaded = new Map(of(journal, "loaded").map(({ file, reached }) => [file, reached]));
    const tried = new Map<number, number>();
    const gone = new Set(of(journal, "survived loading").map(({ file, mutants }) => `${file} ${mutants.join()}`));
    const survives = async (spec: TestSpecification, group: readonly number[]): Promise<void> => {
      if (group.length === 0) return;
      const key = `${name(spec)} ${group.join()}`;
      if (!gone.has(key)) {
        plan([...group]);
        const { testModules, unhandledErrors } = await vitest.runTestSpecifications([spec]);
        const stuck = dead(folder).length > 0;
        if (stuck || unhandledErrors.length > 0 || testModules.length === 0 || testModules.some((m) => !m.ok())) {
          if (group.length > 1) {
            await survives(spec, group.slice(0, group.length >> 1));
            await survives(spec, group.slice(group.length >> 1));
          } else
            journal.add({ event: "killed", mutant: group[0], how: stuck ? "timeout" : "killed", test: name(spec) });
          return;
        }
        journal.add({ event: "survived loading", file: name(spec), mutants: [...group] });
      }
      for (const mutant of group) tried.set(mutant, (tried.get(mutant) ?? 0) + 1);
    };
    const areaOf = (index: number): string => mutants[index].file.split("/")[1];
    for (const area of new Set([...mutants.keys()].map(areaOf))) {
      const indices = [...mutants.keys()].filter((index) => areaOf(index) === area);
      const some = [mutants[indices[0]]];
      for (const spec of specs.toSorted((a, b) => near(name(a), some) - near(name(b), some))) {
        journal.read();
        const reached = new Set(loaded.get(name(spec)));
        const alive = indices.filter((index) => reached.has(index) && !journal.killed.has(index));
        if (alive.length === 0) continue;
        progress(`${area}: ${alive.length} mutants alive that matter while ${name(spec)} is loaded`);
        const few = alive.filter((index) => (tried.get(index) ?? 0) < ALONE);
        for (const index of few) await survives(spec, [index]);
        await survives(
          spec,
          alive.filter((index) => !few.includes(index)),
        );
      }
    }
    journal.read();
    const reached = new Set([...of(journal, "tried"), ...of(journal, "loaded")].flatMap((event) => event.reached));
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
