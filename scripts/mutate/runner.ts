/** Runs each test again and again in one worker: without a mutant, then with those that it reaches. */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type RunnerTask, type RunnerTestCase, type RunnerTestFile, TestRunner } from "vitest";
import { Journal } from "./journal.js";
import { Switches } from "./switches.js";

/** What a worker is told, in the file plan.json of the folder that MUTATE_PLAN names. */
export interface Plan {
  /** Where each mutant stands. */
  places: { file: string; start: number; end: number }[];
  /** Milliseconds that a mutant may take longer than the test alone. */
  patience: number;
  /** Tests that take long are left for later; or only these. */
  slow: boolean;
  /** These are on from the start, and every test runs once. */
  active: number[] | null;
}

/** What a worker is at, in a file of its own: the run looks whether it is stuck or dead. */
export interface Running {
  pid: number;
  file: string;
  test: string;
  mutants: number[];
  until: number;
}

/** A test that keeps the processor busy for more milliseconds comes last: by then most mutants are killed. */
const SLOW = 100;
/** A mutant that has survived as many tests is tried together with others like it, and alone only if the test then fails. */
const TOUGH = 3;
/** A test whose traces have sent the worker home as often is left out. */
const RESTARTS = 6;

interface Probe {
  /** Groups still to be tried. */
  queue: number[][];
  /** Those that are on; null: none, for the first time; "again": none, for the second. */
  on: number[] | null | "again";
  /** They made the test fail; now it runs without them. */
  failed: number[] | null;
  late: boolean;
  suspects: Set<number>;
  reached: number[];
  /** How long the test takes without a mutant. */
  ms: number;
  start: number;
  cpu: NodeJS.CpuUsage;
}

export default class MutantRunner extends TestRunner {
  readonly #folder = process.env.MUTATE_PLAN!;
  readonly #plan: Plan;
  readonly #journal: Journal;
  readonly #running: string;
  /** How many tests each mutant has survived. */
  readonly #survived: Uint16Array;
  #file = "";
  #probe: Probe | null = null;
  /** Something that a mutant left behind makes tests fail: the rest is for a new worker. */
  #spoiled = false;
  #failed = false;
  #loaded = false;

  constructor(...config: ConstructorParameters<typeof TestRunner>) {
    super(...config);
    this.#plan = JSON.parse(readFileSync(path.join(this.#folder, "plan.json"), "utf8")) as Plan;
    this.#journal = new Journal(path.join(this.#folder, "journal.jsonl"));
    this.#running = path.join(this.#folder, `running-${process.pid}.json`);
    this.#survived = new Uint16Array(this.#plan.places.length);
    globalThis.__mutants = new Switches(this.#plan.places.length);
    if (this.#plan.active) __mutants.turnOn(this.#plan.active);
    for (const event of this.#journal.read().events)
      if (event.event === "tried") for (const mutant of event.reached) this.#survived[mutant]++;
  }

  override onCollectStart(file: RunnerTestFile): void {
    super.onCollectStart(file);
    this.#file = path.relative(this.config.root, file.filepath).split(path.sep).join("/");
    if (this.#plan.active) this.#note("loading", this.#plan.active, 120_000);
  }

  override async onBeforeRunTask(test: RunnerTask): Promise<void> {
    await super.onBeforeRunTask(test);
    if (test.mode !== "run" && test.mode !== "queued") return;
    const { active, slow } = this.#plan;
    const { events, killed } = this.#journal.read();
    const past = events.filter((event) => "test" in event && event.test === test.id);
    const leftOut = past.some(({ event }) => event === "skipped" || event === "broken");
    if (active) {
      if (this.#failed || leftOut) test.mode = "skip";
      return;
    }
    if (!this.#loaded) {
      this.#loaded = true;
      this.#journal.add({ event: "loaded", file: this.#file, reached: __mutants.reached() });
    }
    const later = past.find((event) => event.event === "later");
    const suspects = past.flatMap((event) => (event.event === "suspects" ? [event.mutants] : []));
    let done = leftOut || past.some(({ event }) => event === "tried") || (later !== undefined && !slow);
    if (!done && suspects.length >= RESTARTS) {
      this.#journal.add({ event: "skipped", file: this.#file, test: test.id, why: "mutants leave traces in it" });
      done = true;
    }
    if (done || this.#spoiled || later?.reached.every((mutant) => killed.has(mutant))) {
      test.mode = "skip";
      return;
    }
    (test as RunnerTestCase).repeats = Number.MAX_SAFE_INTEGER;
    const none = {
      queue: [],
      on: null,
      failed: null,
      late: false,
      reached: [],
      ms: 0,
      start: 0,
      cpu: process.cpuUsage(),
    };
    this.#probe = { ...none, suspects: new Set(suspects.flat()) };
  }

  override onBeforeTryTask(test: RunnerTask): void {
    super.onBeforeTryTask(test);
    const probe = this.#probe;
    if (!probe) return;
    const mutants = Array.isArray(probe.on) && !probe.failed ? probe.on : [];
    const limit = mutants.length > 0 ? this.#plan.patience + 10 * probe.ms : 600_000;
    this.#note(test.id, mutants, 2 * limit);
    if (probe.on === null) __mutants.reached();
    probe.start = performance.now();
    probe.cpu = process.cpuUsage();
    __mutants.turnOn(mutants, mutants.length > 0 ? limit : Infinity);
  }

  /** As usual, but without the comparison that a failed assertion shows: it may take longer than the test. */
  async runTask(test: RunnerTestCase): Promise<void> {
    try {
      await TestRunner.getTestFn(test)();
    } catch (error) {
      throw error instanceof Error && "actual" in error ? new Error(error.message) : error;
    }
  }

  onAfterRetryTask(test: RunnerTestCase): void {
    const result = test.result!;
    const failed = (result.state === "fail") !== Boolean(test.fails);
    if (!this.#probe) {
      this.#failed ||= failed;
      return;
    }
    const late = __mutants.late;
    __mutants.turnOn([]);
    const why = result.errors?.[0]?.message ?? "";
    if (result.state === "skip") return; // it skips itself
    const goesOn = this.#judge(this.#probe, test.id, failed || late, late, why);
    delete result.errors;
    result.state = "pass";
    if (goesOn) return;
    this.#probe = null;
    result.state = "skip"; // which ends the repeats
  }

  override onAfterRunFiles(): void {
    super.onAfterRunFiles();
    rmSync(this.#running, { force: true });
    const { active, slow } = this.#plan;
    if (!active && !this.#spoiled) this.#journal.add({ event: "finished", file: this.#file, slow });
  }

  /** Takes in how a try ended and chooses the next. False: the test is done. */
  #judge(probe: Probe, test: string, failed: boolean, late: boolean, why: string): boolean {
    const at = { file: this.#file, test };
    if (probe.failed) {
      const group = probe.failed;
      probe.failed = null;
      const alone = group.length === 1;
      if (alone && (!failed || probe.suspects.has(group[0])))
        this.#journal.add({ event: "killed", mutant: group[0], how: probe.late ? "timeout" : "killed", test });
      if (failed) {
        if (!alone || !probe.suspects.has(group[0])) this.#journal.add({ event: "suspects", ...at, mutants: group });
        this.#spoiled = true;
        return false;
      }
      if (!alone) {
        const middle = group.length >> 1;
        probe.queue.unshift(group.slice(0, middle), group.slice(middle));
      }
    } else if (probe.on === null) {
      if (failed) {
        this.#journal.add({ event: "broken", ...at, why: `fails without any mutant: ${why}` });
        return false;
      }
      probe.reached = __mutants.reached();
      probe.ms = performance.now() - probe.start;
      const { user, system } = process.cpuUsage(probe.cpu);
      if (!this.#plan.slow && user + system > 1000 * SLOW) {
        this.#journal.add({ event: "later", ...at, reached: probe.reached });
        return false;
      }
      if (probe.suspects.size > 0) {
        probe.on = "again";
        return true;
      }
      this.#fill(probe);
    } else if (probe.on === "again") {
      if (failed) {
        this.#journal.add({ event: "skipped", ...at, why: "it cannot run twice in one worker" });
        this.#spoiled = true;
        return false;
      }
      this.#fill(probe);
    } else if (failed) {
      probe.failed = probe.on;
      probe.late = late;
      return true;
    } else for (const mutant of probe.on) this.#survived[mutant]++;
    const next = probe.queue.shift();
    if (!next) {
      this.#journal.add({ event: "tried", ...at, reached: probe.reached });
      return false;
    }
    probe.on = next;
    return true;
  }

  /** The suspects first and alone, then those that were hardly tried, then the tough ones together: but no two of which one stands
   *  within the other, since only the outer one would run. */
  #fill(probe: Probe): void {
    const alive = probe.reached.filter((mutant) => !this.#journal.killed.has(mutant));
    const together = (mutant: number): boolean => this.#survived[mutant] >= TOUGH;
    const alone = alive.filter((mutant) => probe.suspects.has(mutant) || !together(mutant));
    alone.sort((a, b) => Number(probe.suspects.has(b)) - Number(probe.suspects.has(a)));
    const groups: number[][] = [];
    for (const mutant of alive.filter((mutant) => !alone.includes(mutant))) {
      const group = groups.find((others) => !others.some((other) => this.#overlap(mutant, other)));
      if (group) group.push(mutant);
      else groups.push([mutant]);
    }
    probe.queue = [...alone.map((mutant) => [mutant]), ...groups];
  }

  #overlap(one: number, other: number): boolean {
    const [a, b] = [this.#plan.places[one], this.#plan.places[other]];
    return a.file === b.file && a.start < b.end && b.start < a.end;
  }

  #note(test: string, mutants: number[], ms: number): void {
    const running: Running = { pid: process.pid, file: this.#file, test, mutants, until: Date.now() + ms };
    writeFileSync(this.#running, JSON.stringify(running));
  }
}
