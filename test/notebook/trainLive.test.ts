import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { trainLive, type Picture } from "../../lib/notebook/index.js";
import { insideTslab } from "./kernels.js";

interface Row {
  by: string;
  step: number;
  loss: number;
}

const closed: string[] = [];

/** A training run that only counts: `each` may throw, wait or press the stop button. */
async function* run(
  name: string,
  steps: number,
  each: (step: number) => unknown = () => undefined,
): AsyncGenerator<Row> {
  try {
    for (let step = 1; step <= steps; step++) {
      const loss = await each(step);
      yield { by: "unnamed", step, loss: typeof loss === "number" ? loss : 1 / step };
    }
  } finally {
    closed.push(name);
  }
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const picture = (rows: readonly Row[]): Picture => {
  const words = `${rows.length} rows`;
  return { html: () => words };
};
const pressStop = () => void process.emit("SIGINT", "SIGINT");

let errors: string[] = [];
beforeEach(() => {
  closed.length = 0;
  errors = [];
  vi.spyOn(console, "error").mockImplementation((text: string) => void errors.push(text));
});
afterEach(() => void vi.restoreAllMocks());

describe("trainLive", () => {
  test("takes one step of each run in turn and names the rows after the runs", async () => {
    const { rows, stopped } = await trainLive({ dense: run("a", 3), MoE: run("b", 2) });
    expect(rows.map(({ by, step }) => `${by} ${step}`)).toEqual(["dense 1", "MoE 1", "dense 2", "MoE 2", "dense 3"]);
    expect(stopped).toBe("done");
    expect(closed).toEqual(["b", "a"]);
  });

  test("takes a single run as it is, with the name that its rows have", async () => {
    const { rows } = await trainLive(run("a", 2));
    expect(rows.map(({ by }) => by)).toEqual(["unnamed", "unnamed"]);
  });

  test("ends at the time limit, all runs equally far, and closes them", async () => {
    const { rows, stopped, seconds, message } = await trainLive(
      { dense: run("a", 1e6, () => wait(5)), MoE: run("b", 1e6, () => wait(5)) },
      { seconds: 0.15 },
    );
    expect(stopped).toBe("time");
    expect(rows.length % 2).toBe(0);
    expect(seconds).toBeLessThan(1);
    expect(message).toMatch(/^Time is up: stopped at step \d+, after 0\.\d s\.$/);
    expect(closed).toEqual(["a", "b"]);
  });

  test("ends after the round in which the stop button is pressed, keeps the rows, and raises no error", async () => {
    const { rows, stopped, message } = await trainLive({
      dense: run("a", 1e6, (step) => step === 7 && pressStop()),
      MoE: run("b", 1e6),
    });
    expect(stopped).toBe("interrupted");
    expect(rows).toHaveLength(14);
    expect(message).toContain("The models keep what they learned.");
    expect(closed).toEqual(["a", "b"]);
    expect(errors).toEqual([]);
  });

  test("sets the kernel's own handler aside while it trains, and gives the signal back to it afterwards", async () => {
    const kernel = vi.fn();
    process.on("SIGINT", kernel);
    const before = process.listeners("SIGINT");
    await trainLive(run("a", 50, (step) => step === 3 && pressStop()));
    expect(kernel).not.toHaveBeenCalled();
    expect(process.listeners("SIGINT")).toEqual(before);
    pressStop();
    expect(kernel).toHaveBeenCalledOnce();
    process.off("SIGINT", kernel);
  });

  test("lets the second press through, for a step that never ends", async () => {
    const kill = vi.spyOn(process, "kill").mockImplementation(() => true);
    const before = process.listenerCount("SIGINT");
    let during = -1;
    await trainLive(
      run("a", 5, (step) => {
        if (step !== 2) return;
        pressStop();
        pressStop();
        during = process.listenerCount("SIGINT");
      }),
    );
    expect(kill).toHaveBeenCalledWith(process.pid, "SIGINT");
    expect(during).toBe(before);
  });

  test("does not listen to the signal before the event loop has turned once", async () => {
    const before = process.listenerCount("SIGINT");
    const training = trainLive(run("a", 3));
    expect(process.listenerCount("SIGINT")).toBe(before); // in a cell, a handler added now would cost the kernel its life
    await training;
  });

  test("lets timers and messages through between steps", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await trainLive(run("a", 200, () => void spin(1)));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(20);
  });

  test.each([
    [
      "a loss that is not a number",
      (step: number) => (step === 4 ? NaN : 1),
      "MoE: the loss is NaN at step 4; try a lower learning rate.",
    ],
    ["a thrown error", (step: number) => (step === 4 ? fail("a bad shape\nand more") : 1), "MoE: a bad shape"],
    ["a thrown string", (step: number) => (step === 4 ? fail("oops", true) : 1), "MoE: oops"],
  ])("ends with one sentence at %s, and keeps the last picture", async (_, each, sentence) => {
    const messages = insideTslab();
    const result = await trainLive({ dense: run("a", 100), MoE: run("b", 100, each) }, { draw: picture });
    expect(result.stopped).toBe("error");
    expect(result.message).toBe(sentence);
    expect(errors).toEqual([sentence]);
    expect(messages[messages.length - 1].html).toBe(`${result.rows.length} rows`);
    expect(closed.sort()).toEqual(["a", "b"]);
  });

  test("redraws at most as often as it is told, and always the last state", async () => {
    const messages = insideTslab();
    const { rows } = await trainLive(
      run("a", 60, () => wait(5)),
      { draw: picture, redraws: 10 },
    );
    const states = messages.filter(({ output }) => output === 1).map(({ html }) => html);
    expect(states[0]).toBe("1 rows");
    expect(states[states.length - 1]).toBe(`${rows.length} rows`);
    expect(states.length).toBeGreaterThan(2);
    expect(states.length).toBeLessThan(10); // 60 steps of 5 ms and more at 10 a second, the first and the last
  });

  test("spends no more than a fifth of the time on slow pictures", async () => {
    let spent = 0;
    const slow = (rows: readonly Row[]) => {
      spent += spin(30);
      return picture(rows);
    };
    insideTslab();
    const { seconds } = await trainLive(
      run("a", 300, () => wait(2)),
      { draw: slow, redraws: 1000 },
    );
    expect(spent / 1000).toBeLessThan(seconds * 0.4); // a fifth, the last picture, and a shared machine
  });

  test.each([
    ["throws", () => fail("no such column")],
    ["returns no picture", () => [{} as Picture]],
  ])("reports a drawing that %s, once, and keeps the picture of before", async (_, broken) => {
    const messages = insideTslab();
    const draw = (rows: readonly Row[]) => (rows.length < 3 ? picture(rows) : broken());
    const { stopped, message } = await trainLive(
      run("a", 50, () => wait(3)),
      { draw, redraws: 1000 },
    );
    expect(stopped).toBe("error");
    expect(message).toContain("the picture could not be drawn: ");
    expect(errors).toHaveLength(1);
    expect(messages.filter(({ output }) => output === 1).pop()!.html).toMatch(/^[12] rows$/);
  });

  test("stops where a page asks it to", async () => {
    const button = new AbortController();
    const { stopped } = await trainLive(
      run("a", 1e6, (step) => step === 5 && button.abort()),
      { signal: button.signal },
    );
    expect(stopped).toBe("interrupted");
  });

  test("rejects what is no run, in one sentence", async () => {
    await expect(trainLive({})).rejects.toThrow(
      "trainLive needs a run, such as { dense: train(dense, data) }, got none",
    );
    await expect(trainLive({ dense: 5 as never })).rejects.toThrow('"dense" is number');
  });

  test.each([0, -1, NaN, "3", null])("refuses %j redraws a second", async (redraws) => {
    const shown = typeof redraws === "string" ? `"${redraws}"` : redraws;
    await expect(trainLive(run("a", 1), { redraws: redraws as never })).rejects.toThrow(
      `trainLive: redraws must be a number above 0, or Infinity, got ${shown}`,
    );
  });

  test.each([-1, NaN, "3"])("refuses a limit of %j seconds", async (seconds) => {
    await expect(trainLive(run("a", 1), { seconds: seconds as never })).rejects.toThrow(
      `trainLive: seconds must be a number from 0, or Infinity, got ${typeof seconds === "string" ? `"3"` : seconds}`,
    );
  });

  test.each([
    ["which lets the event loop turn itself, as train does", () => new Promise((resolve) => setImmediate(resolve))],
    ["which does not", () => undefined],
  ])("lets the event loop turn once a step with a run %s", async (_, each) => {
    let turns = 0;
    let timer: NodeJS.Immediate;
    const count = (): void => {
      turns++;
      timer = setImmediate(count);
    };
    count();
    await trainLive(run("a", 50, each));
    clearImmediate(timer!);
    expect(turns).toBeGreaterThanOrEqual(50);
    expect(turns).toBeLessThan(60);
  });
});

function fail(text: string, bare = false): never {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- what other code does, we must bear
  throw bare ? text : new Error(text);
}

/** Keeps the processor busy; milliseconds, returned. */
function spin(ms: number): number {
  const end = performance.now() + ms;
  while (performance.now() < end);
  return ms;
}
