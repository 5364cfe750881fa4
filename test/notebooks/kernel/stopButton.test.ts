import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Kernel } from "./kernel.js";

// The real kernel, as each of these went wrong there in a way that no stand-in shows.
let kernel: Kernel;
beforeEach(
  async () => void (kernel = await Kernel.start(path.resolve(import.meta.dirname, "../../../notebooks"))),
  60_000,
);
afterEach(() => kernel.stop());

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const pressAfter =
  (...delays: number[]) =>
  () => {
    for (const ms of delays) setTimeout(() => kernel.interrupt(), ms);
  };

/** A run that only counts, 5 ms a step, and says when it is closed. */
const counting = `
import { trainLive } from "twinformer/notebook";
async function* counting(steps: number, busy = 5) {
  try {
    for (let step = 1; step <= steps; step++) {
      const end = performance.now() + busy;
      while (performance.now() < end);
      yield { model: "m", step, loss: 1 };
    }
  } finally { console.log("closed"); }
}
const picture = (rows) => ({ html: () => "state " + rows.length });
`;

test("the stop button ends training without an error, even in the cell that first imports the package", async () => {
  const cell = await kernel.run(
    `${counting}\nconst result = await trainLive({ a: counting(1e6), b: counting(1e6) });`,
    pressAfter(2500), // on a busy machine the import alone may take a second
  );
  expect(cell).toMatchObject({ status: "ok", stderr: "" });
  expect(cell.stdout).toBe("closed\nclosed\n");
  const kept = await kernel.run("console.log(result.stopped, result.rows.length > 50, result.rows.length % 2)");
  expect(kept.stdout).toBe("interrupted true 0\n");
});

test("no loop runs on after the stop, and the next cells see the stop button as ever", async () => {
  await kernel.run(counting);
  await kernel.run("const result = await trainLive(counting(1e6));", pressAfter(500));
  const before = await kernel.run("console.log(result.rows.length)");
  await wait(300);
  expect((await kernel.run("console.log(result.rows.length)")).stdout).toBe(before.stdout);
  const ordinary = await kernel.run(
    "await new Promise((resolve) => setTimeout(resolve, 60_000));",
    pressAfter(300),
    "begun",
  );
  expect(ordinary.status).toBe("error");
  await wait(300); // the kernel skips what comes within 200 ms of an error
  expect(await kernel.run("console.log(6 * 7)")).toMatchObject({ status: "ok", stdout: "42\n" });
});

test("a press during a step that computes for seconds without a pause is obeyed as soon as the step is done", async () => {
  await kernel.run(counting);
  const cell = await kernel.run("const slow = await trainLive(counting(1e6, 1500));", pressAfter(300));
  expect(cell).toMatchObject({ status: "ok", stdout: "closed\n", stderr: "" });
  expect((await kernel.run("console.log(slow.stopped, slow.rows.length)")).stdout).toMatch(/^interrupted [12]\n$/);
});

test("a second press ends the cell while a step hangs, and the kernel lives", async () => {
  await kernel.run(counting);
  await kernel.run(
    "async function* hanging() { await new Promise(() => undefined); yield { model: 'm', step: 1, loss: 1 }; }",
  );
  const cell = await kernel.run("await trainLive(hanging());", pressAfter(300, 800));
  expect(cell.status).toBe("error");
  await wait(300);
  expect((await kernel.run("console.log(6 * 7)")).stdout).toBe("42\n");
  expect(kernel.alive).toBe(true);
});

test("thousands of quick steps neither lose the last state nor leave the cell running for ever", async () => {
  await kernel.run(counting);
  const cell = await kernel.run("await trainLive(counting(4000, 0), { draw: picture, redraws: 5 });");
  expect(cell.status).toBe("ok");
  expect(cell.html[cell.html.length - 1]).toBe("state 4000");
});

test("an error in a run is one sentence on stderr, and the cells after it are not skipped", async () => {
  await kernel.run(counting);
  await kernel.run(
    "async function* broken() { yield { model: 'm', step: 1, loss: 1 }; throw new Error('cannot matmul\\nmore'); }",
  );
  const cell = await kernel.run("const result = await trainLive({ MoE: broken() }, { draw: picture });");
  expect(cell).toMatchObject({ status: "ok", stderr: "MoE: cannot matmul\n" });
  expect(cell.html[cell.html.length - 1]).toBe("state 1");
  expect((await kernel.run("console.log(result.stopped)")).stdout).toBe("error\n");
});
