/** The worker of a page, seen from the page: cells one after another, stop, restart. */

import type { Order, OwnFile, Report } from "../messages.js";

/** Milliseconds after which a worker that does not answer counts as caught in a loop. */
const PATIENCE = 3000;

export interface RunnerEvents {
  report(report: Report): void;
  /** Cells wait, run, or nothing does. */
  state(state: RunnerState): void;
  /** The worker was ended. @param names that no cell knows any more  @param why a sentence */
  lost(names: readonly string[], why: string): void;
}

export type RunnerState = "asleep" | "starting" | "idle" | "running" | "stopping";

export class Runner {
  readonly #events: RunnerEvents;
  readonly #program: string;
  readonly #environment: Readonly<Record<string, string>>;
  #worker: Worker | null = null;
  #waiting: { cell: string; source: string }[] = [];
  #running: string | null = null;
  #names = new Set<string>();
  #pings = 0;
  #answered = 0;
  #files: OwnFile[] = [];
  #state: RunnerState = "asleep";
  #idle: (() => void)[] = [];

  /** @param program address of the worker's script  @param environment variables that cells see */
  constructor(program: string, environment: Readonly<Record<string, string>>, events: RunnerEvents) {
    this.#program = program;
    this.#environment = environment;
    this.#events = events;
  }

  get state(): RunnerState {
    return this.#state;
  }

  /** Starts the worker, if none is there: the first cell then runs at once. */
  wake(): void {
    if (this.#worker) return;
    this.#say("starting");
    const worker = new Worker(this.#program, { type: "module", name: "cells" });
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Report>) => this.#heard(data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.#worker === worker)
        this.#end(`the worker has failed: ${event.message || "its script could not be loaded"}`);
    };
    this.#order({ type: "start", environment: this.#environment, files: this.#files });
  }

  /** Runs these cells, in this order, after those that wait. */
  run(cells: readonly { readonly cell: string; readonly source: string }[]): void {
    this.wake();
    this.#waiting.push(...cells);
    this.#next();
  }

  /** Resolves when nothing runs or waits. */
  idle(): Promise<void> {
    if (this.#running === null && this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Gives cells a file. */
  give(files: readonly OwnFile[]): void {
    this.#files.push(...files);
    if (this.#worker) this.#order({ type: "files", files });
  }

  /** Ends what runs in good order; what waits is not run. A second time, or where the worker does not answer: ends the worker. */
  stop(): void {
    this.#waiting = [];
    if (this.#running === null) return;
    if (this.#state === "stopping") {
      this.#end("it did not end by itself");
      return;
    }
    this.#say("stopping");
    this.#order({ type: "stop" });
    const [worker, ping] = [this.#worker, ++this.#pings];
    this.#order({ type: "ping", number: ping });
    setTimeout(() => {
      if (this.#worker === worker && this.#running !== null && this.#answered < ping)
        this.#end("a loop in it never waited, so it could not hear the stop button");
    }, PATIENCE);
  }

  /** Ends the worker and starts another: no name is known any more. */
  restart(): void {
    if (this.#worker) this.#end("");
    this.wake();
  }

  #heard(report: Report): void {
    if (report.type === "pong") this.#answered = Math.max(this.#answered, report.number);
    if (report.type === "ended") {
      for (const name of report.names) this.#names.add(name);
      this.#running = null;
      if (report.failed) this.#waiting = []; // what follows would build on what is not there
    }
    this.#events.report(report);
    if (report.type === "ready" || report.type === "ended") this.#next();
  }

  #next(): void {
    if (this.#running !== null || !this.#worker) return;
    const next = this.#waiting.shift();
    if (next) {
      this.#running = next.cell;
      this.#say("running");
      this.#order({ type: "run", ...next });
    } else {
      this.#say("idle");
      for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  #end(why: string): void {
    this.#worker?.terminate();
    const names = [...this.#names];
    this.#worker = null;
    this.#names.clear();
    this.#waiting = [];
    const cell = this.#running;
    this.#running = null;
    if (cell !== null) {
      const failed = {
        sentence: `ended with its worker: ${why || "restarted"}`,
        place: null,
        stack: "",
        interrupted: true,
      };
      this.#events.report({ type: "ended", cell, failed, names: [] });
    }
    this.#events.lost(names, why);
    this.#say("asleep");
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #order(order: Order): void {
    this.#worker?.postMessage(order);
  }

  #say(state: RunnerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#events.state(state);
  }
}
