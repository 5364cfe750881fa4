/** The worker of the playground: it trains, draws, and answers the page between two steps. */

import { Corpus } from "twinformer/data";
import { quickTurns } from "../worker/turns.js";
import { figuresOf } from "./figures.js";
import type { Order, Report, State, View } from "./messages.js";
import type { Frame } from "./run/film.js";
import { type Parameters, parametersOf } from "./run/numbers.js";
import { type Finding, type Preset, presets, story } from "./run/presets.js";
import { type Live, shape, withChange } from "./run/settings.js";
import { type TextName, texts } from "./run/texts.js";
import { unpack } from "./run/sentence.js";
import { TwinRun } from "./run/twinRun.js";

/** Milliseconds from one picture to the next, at least, and how many times what drawing one takes: most of the time is for training. */
const REDRAW = 50;
const SPARED = 2;

const all = [story, ...presets];

quickTurns();
const report = (said: Report): void => postMessage(said);
const built = new Map<TextName, Promise<string>>();

/** Beginnings of the built-in texts lie beside the page. */
function textOf(name: TextName): Promise<string> {
  const found = built.get(name) ?? fetched(name);
  built.set(name, found);
  return found;
}

async function fetched(name: TextName): Promise<string> {
  const answer = await fetch(new URL(`playground/${name}.txt`, location.href));
  if (!answer.ok)
    throw new Error(`the text ${texts[name].label} could not be fetched (${answer.status}): is the network there?`);
  return answer.text();
}

/** The training would say so only at its first step, when the run before is gone. */
function checkLength({ train, validation }: Corpus): void {
  const most = shape.blockSize;
  if (train.length > most && validation.length > most) return;
  const all = train.length + validation.length;
  throw new RangeError(
    `the text is too short: of its ${all} characters the last ${validation.length} are kept to test what was learned, and it takes more than ${most} of these`,
  );
}

class Stage {
  #twins: TwinRun | null = null;
  #parameters!: Parameters;
  #opened = 0;
  #state: State = "paused";
  /** Where it stops by itself. */
  #until: number | null = null;
  /** The step that is shown; null for the last one. */
  #shown: number | null = null;
  /** Of the run before the last fork. */
  #before: readonly Frame[] = [];
  #width = 680;
  #most: number | null = null;
  #orders: Order[] = [];
  #isBusy = false;
  /** When the last step began. */
  #began = -Infinity;
  /** Ends the pause between two steps: an order need not wait for it. */
  #wake: () => void = () => {};
  #isDrawn = true;
  /** When the next picture is due. */
  #dueAt = 0;
  /** When the last steps were taken, for their number a second. */
  #times: number[] = [];
  #preset: Preset | null = null;
  #finding: Finding | null = null;

  /** Orders are obeyed between two steps, in their order. */
  async order(order: Order): Promise<void> {
    if (order.type === "drawn") {
      this.#isDrawn = true;
      return;
    }
    this.#orders.push(order);
    this.#wake();
    if (this.#isBusy) return;
    this.#isBusy = true;
    do {
      await this.#obeyAll();
      if (this.#isRunning()) await this.#take();
    } while (this.#orders.length > 0 || this.#isRunning());
    this.#isBusy = false;
  }

  #isRunning = (): boolean => this.#state === "playing" || this.#state === "catching up";

  async #obeyAll(): Promise<void> {
    let isNew = false;
    for (let order = this.#orders.shift(); order; order = this.#orders.shift()) {
      try {
        await this.#obey(order);
        isNew = true;
      } catch (error) {
        report({ type: "problem", words: error instanceof Error ? error.message : String(error) });
        isNew = true;
      }
    }
    if (isNew) this.#view();
  }

  async #obey(order: Order): Promise<void> {
    if (order.type === "open") return this.#open(order);
    const twins = this.#twins;
    if (order.type === "size") this.#width = order.width;
    if (order.type === "speed") this.#most = order.most;
    if (!twins) return;
    if (order.type === "play") {
      if (this.#state === "ended") return;
      this.#shown = null;
      this.#until = order.until;
      if (this.#state !== "catching up") this.#state = "playing";
    } else if (order.type === "pause") this.#state = "paused";
    else if (order.type === "step") {
      this.#shown = null;
      [this.#state, this.#until] = ["playing", twins.step + 1];
    } else if (order.type === "say") report({ type: "note", words: twins.say(order.sentence) });
    else if (order.type === "show") this.#shown = order.step === null || order.step >= twins.step ? null : order.step;
    else if (order.type === "change") this.#change(twins, order.to);
  }

  async #open({ id, linked, preset, width }: Extract<Order, { type: "open" }>): Promise<void> {
    const { run, at, sentence, ownText } = linked;
    const name = run.settings.text;
    const text = name === "own" ? (ownText ?? "") : await textOf(name);
    const label = name === "own" ? "your text" : texts[name].label;
    const corpus = new Corpus(text, { name: label });
    checkLength(corpus);
    const twins = new TwinRun(run, corpus); // throws for what makes no sense: then the run that is there stays
    this.#twins = twins;
    this.#parameters = parametersOf(twins.models);
    this.#opened = id;
    this.#preset = all.find(({ id }) => id === preset) ?? null;
    this.#finding = null;
    [this.#before, this.#shown, this.#width] = [[], null, width];
    [this.#state, this.#until] = at > 0 ? ["catching up", at] : ["paused", null];
    report({ type: "note", words: twins.say(sentence ?? (name === "own" ? text.slice(0, 40) : texts[name].sentence)) });
  }

  #change(twins: TwinRun, to: Partial<Live>): void {
    const after = this.#shown ?? twins.step;
    const run = withChange(twins.run, after, to);
    if (after < (this.#preset?.steps ?? 0)) [this.#preset, this.#finding] = [null, null]; // it is another run from here on
    const goesOn = this.#state === "playing";
    const late = twins.film.frames.filter(({ step }) => step > after);
    const at = twins.fork(run, after);
    if (late.length > 0) this.#before = late;
    this.#shown = null;
    if (at < after) [this.#state, this.#until] = ["catching up", after];
    else if (this.#state === "ended" || goesOn)
      [this.#state, this.#until] = [goesOn ? "playing" : "paused", goesOn ? this.#until : null];
  }

  async #take(): Promise<void> {
    const twins = this.#twins!;
    if (await this.#waits(this.#until === twins.step + 1)) return; // orders come first
    const began = (this.#began = performance.now());
    try {
      if ((await twins.next()) === null) this.#state = "ended";
    } catch (error) {
      this.#state = "ended";
      report({ type: "problem", words: (error as Error).message });
    }
    this.#times = [...this.#times.filter((time) => time > began - 1000), performance.now()];
    if (this.#isRunning() && this.#until !== null && twins.step >= this.#until)
      [this.#state, this.#until] = ["paused", null];
    if (this.#preset && twins.step === this.#preset.steps) this.#finding = this.#preset.find(twins.film.frames);
    if (!this.#isRunning() || (this.#isDrawn && performance.now() >= this.#dueAt)) this.#view();
  }

  /** Waits for the time of the next step, where the reader wants few of them, or until there is an order. @returns whether it waited */
  async #waits(isAsked: boolean): Promise<boolean> {
    if (this.#most === null || this.#state !== "playing" || isAsked) return false;
    const left = this.#began + 1000 / this.#most - performance.now();
    if (left <= 0) return false;
    await new Promise<void>((done) => {
      this.#wake = done;
      setTimeout(done, left);
    });
    return true;
  }

  #view(): void {
    const began = performance.now();
    const twins = this.#twins;
    if (!twins) return;
    const last = twins.step;
    const shown = this.#shown ?? last;
    const { film } = twins;
    const frame = film.at(shown) ?? null;
    const frames = this.#shown === null ? film.frames : film.frames.filter(({ step }) => step <= shown);
    const since = this.#times.length > 1 ? this.#times.at(-1)! - this.#times[0] : 0;
    const view: View = {
      ...{ opened: this.#opened, preset: this.#preset?.id ?? null, run: twins.run },
      ...{ state: this.#state, until: this.#until, shown, last, frame },
      perSecond: this.#isRunning() && since > 0 ? (1000 * (this.#times.length - 1)) / since : null,
      figures: figuresOf({
        frames,
        every: film.every,
        before: this.#before,
        last: Math.max(last, this.#before.at(-1)?.step ?? 0),
        width: this.#width,
      }),
      sentence: this.#shown === null || !frame ? twins.sentence : unpack(frame.sentence),
      parameters: this.#parameters,
      finding: this.#finding,
    };
    this.#isDrawn = false;
    this.#dueAt = performance.now() + Math.max(REDRAW, SPARED * (performance.now() - began));
    report({ type: "view", view });
  }
}

const stage = new Stage();
addEventListener("message", ({ data }: MessageEvent<Order>) => void stage.order(data));
