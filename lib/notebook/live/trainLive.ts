import { checkNumbers } from "../../config/options.js";
import { LiveCanvas } from "./canvas.js";
import { sentence, show } from "../../text/show.js";
import { tick } from "../../train/tick.js";
import type { LiveRow, StopReason } from "./row.js";
import type { Picture } from "../picture.js";
import { ending, messageOf, progress } from "./status.js";
import { listenForStop } from "./stop.js";

export interface TrainLiveOptions<Row> {
  /** Time limit in seconds, drawing included; default none. */
  readonly seconds?: number;
  /** The pictures of all rows so far. Called at most `redraws` times a second, and once at the end. */
  readonly draw?: (rows: readonly Row[]) => Picture | readonly Picture[];
  /** Most redraws a second; default 5. Fewer where drawing would take more than a fifth of the time. */
  readonly redraws?: number;
  /** Ends the training as the stop button does: for a page, which has no such button. */
  readonly signal?: { readonly aborted: boolean };
}

export interface TrainLiveResult<Row> {
  /** All rows in order of arrival; `by` is the name under which the run was given. */
  readonly rows: Row[];
  readonly stopped: StopReason;
  /** Seconds from the first step to the last picture. */
  readonly seconds: number;
  /** How it ended, in a sentence. */
  readonly message: string;
  /** What was thrown, if anything was. */
  readonly error?: unknown;
}

/** Trains one or several models side by side and shows charts that move meanwhile.
 *
 *      await trainLive({ dense: train(dense, text), moe: train(moe, text) }, { seconds: 60, draw: (rows) => lossChart(rows) })
 *
 *  Each round takes one step of every run, so that twins have always seen equally much. The stop button of the notebook, the time
 *  limit, an error and a loss that is not a number all end it after the current round: the last picture is drawn, the runs are
 *  closed, the models keep what they learned, and the cell ends without an error. */
export async function trainLive<Row extends LiveRow>(
  runs: Readonly<Record<string, AsyncIterable<Row>>> | AsyncIterable<Row>,
  options: TrainLiveOptions<Row> = {},
): Promise<TrainLiveResult<Row>> {
  const { seconds: limit = Infinity, redraws = 5 } = options;
  checkNumbers("trainLive", { seconds: limit }, { from: 0, orInfinity: true });
  const active = openRuns(runs);
  await tick(); // before listening to the stop button: see stop.ts
  const canvas = new LiveCanvas(options.draw, redraws);
  const stop = listenForStop();
  const rows: Row[] = [];
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  let stopped: StopReason = "done";
  let trouble: Trouble | undefined;
  let longest = 0; // seconds of the longest round so far: another one must fit into the limit

  try {
    while (active.size > 0) {
      const before = elapsed();
      const turn = tick(); // over by the end of the round where a run lets the event loop turn itself, as `train` does
      trouble = await oneRound(active, rows, () => canvas.draw(rows, progress(rows, elapsed(), limit)));
      await turn;
      if (rows.length > active.size) longest = Math.max(longest, elapsed() - before); // the first one warms up
      if (trouble) stopped = "error";
      else if (active.size === 0) stopped = "done";
      else if (stop.pressed || options.signal?.aborted) stopped = "interrupted";
      else if (elapsed() + longest >= limit) stopped = "time";
      else continue;
      break;
    }
  } catch (error) {
    stopped = "error";
    trouble = { message: `the picture could not be drawn: ${messageOf(error)}`, error };
  } finally {
    stop.release();
    // Their `finally` runs, where they save themselves; nothing is left behind.
    for (const run of active.values()) {
      try {
        await run.return?.();
      } catch (error) {
        stopped = "error";
        trouble ??= { message: messageOf(error), error };
      }
    }
  }

  const message = sentence(ending(stopped, rows, elapsed(), trouble));
  if (trouble) console.error(message);
  const unshown = canvas.finish(rows, message);
  if (unshown !== undefined) console.error(`trainLive could not show the last picture: ${messageOf(unshown)}`);
  return {
    rows,
    stopped,
    seconds: elapsed(),
    message,
    ...(trouble?.error === undefined ? {} : { error: trouble.error }),
  };
}

type Runs<Row> = Map<string, AsyncIterator<Row>>;

interface Trouble {
  readonly message: string;
  readonly error?: unknown;
}

function openRuns<Row>(runs: Readonly<Record<string, AsyncIterable<Row>>> | AsyncIterable<Row>): Runs<Row> {
  const named = isAsyncIterable<Row>(runs) ? { "": runs } : runs;
  const entries = Object.entries(named ?? {});
  if (entries.length === 0)
    throw new TypeError("trainLive needs a run, such as { dense: train(dense, data) }, got none");
  return new Map(
    entries.map(([name, run]) => {
      if (isAsyncIterable<Row>(run)) return [name, run[Symbol.asyncIterator]()];
      throw new TypeError(
        `trainLive needs each run to be what train(model, data) returns; ${show(name)} is ${typeof run}`,
      );
    }),
  );
}

const isAsyncIterable = <Row>(value: unknown): value is AsyncIterable<Row> =>
  typeof (value as AsyncIterable<Row> | undefined)?.[Symbol.asyncIterator] === "function";

/** One step of every run that has one left. The rows are added; a run that has ended is taken out, as is one that failed. */
async function oneRound<Row extends LiveRow>(
  active: Runs<Row>,
  rows: Row[],
  onRow: () => void,
): Promise<Trouble | undefined> {
  for (const [name, run] of active) {
    let step: IteratorResult<Row>;
    try {
      step = await run.next();
    } catch (error) {
      active.delete(name);
      return { message: name ? `${name}: ${messageOf(error)}` : messageOf(error), error };
    }
    if (step.done) {
      active.delete(name);
      continue;
    }
    if (typeof step.value !== "object" || step.value === null) {
      active.delete(name);
      return {
        message: `${name ? `${name}: ` : ""}a run yields rows such as { step, loss }, this one ${show(step.value)}`,
      };
    }
    const row = name ? { ...step.value, by: name } : step.value;
    rows.push(row);
    if (!Number.isFinite(row.loss))
      return { message: `${row.by}: the loss is ${row.loss} at step ${row.step}; try a lower learning rate.` };
    onRow();
  }
  return undefined;
}
