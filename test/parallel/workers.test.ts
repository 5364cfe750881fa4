import { afterAll, expect, test } from "vitest";
import { fromArray, Generator, randn, type Tensor } from "../../lib/index.js";
import { MoE } from "../../lib/moe/index.js";
import {
  allToAll,
  chosenExperts,
  ExpertWorkers,
  placeExperts,
  placeReplicas,
  type Placement,
} from "../../lib/parallel/index.js";

const program = new URL("worker.mjs", import.meta.url);
const [D, F] = [24, 40];
const started: ExpertWorkers[] = [];
afterAll(() => Promise.all(started.map((workers) => workers.stop())));

function start(moe: MoE, placement: Placement, copies: "expert" | "device"): ExpertWorkers {
  const workers = ExpertWorkers.start(moe, placement, { copies, program });
  started.push(workers);
  return workers;
}
const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray());
const largest = (a: Tensor, b: Tensor): number => {
  const other = numbers(b);
  return numbers(a).reduce((most, x, i) => Math.max(most, Math.abs(x - other[i])), 0);
};

test("workers that own their experts give what one process gives, to the last bit, and send what was counted", async () => {
  const rng = new Generator(5);
  // A shared expert, a gate, no offsets: all that stands around the experts stays where it was.
  const moe = new MoE(D, F, { rng, nExpert: 5, topK: 2, gated: true, bias: false, nSharedExpert: 1, std: 0.3 }).eval();
  const placement = placeExperts(5, { devices: 3 });
  const workers = start(moe, placement, "expert");
  for (const shape of [
    [2, 11, D],
    [1, D],
    [0, D],
  ]) {
    const x = randn(shape, rng);
    const { y, routing, dispatched, returned, rowsExecuted } = await workers.forward(x);
    expect(y.shape).toEqual(shape);
    expect(numbers(y)).toEqual(numbers(moe.forward(x)));
    const counted = allToAll(chosenExperts(routing), placement, {
      dModel: D,
      dispatchBytes: 4,
      combineBytes: 4,
      copies: "expert",
    });
    const bytes = counted.rows.map((row, i) => row.map((rows, j) => (i === j ? 0 : rows * D * 4)));
    expect(dispatched).toEqual(bytes);
    expect(returned).toEqual(bytes.map((_, i) => bytes.map((row) => row[i])));
    expect(rowsExecuted).toEqual(counted.load);
    const sum = (matrix: readonly (readonly number[])[]) => matrix.flat().reduce((a, b) => a + b, 0);
    expect(sum(dispatched) + sum(returned)).toBe(counted.bytes.total);
  }
});

test("a copy a device: fewer bytes, equal up to rounding, also with replicas, and with more devices than experts", async () => {
  const rng = new Generator(6);
  const moe = new MoE(D, F, { rng, nExpert: 3, topK: 2, std: 0.3 }).eval();
  const x = randn([40, D], rng);
  for (const placement of [placeReplicas([8, 1, 1], { slots: 4, devices: 2 }), placeExperts(3, { devices: 4 })]) {
    const workers = start(moe, placement, "device");
    const { y, routing, dispatched, rowsExecuted } = await workers.forward(x);
    expect(largest(y, moe.forward(x))).toBeLessThan(1e-5);
    const options = { dModel: D, dispatchBytes: 4, combineBytes: 4 };
    const counted = allToAll(chosenExperts(routing), placement, options);
    expect(dispatched).toEqual(counted.rows.map((row, i) => row.map((rows, j) => (i === j ? 0 : rows * D * 4))));
    expect(rowsExecuted).toEqual(counted.load);
    expect(counted.bytes.total).toBeLessThanOrEqual(
      allToAll(chosenExperts(routing), placement, { ...options, copies: "expert" }).bytes.total,
    );
  }
});

test("each worker is sent the weights of its own experts alone, and one that has ended is named", async () => {
  const moe = new MoE(D, F, { rng: new Generator(7), nExpert: 4, topK: 1 }).eval();
  const workers = start(moe, placeExperts(4, { devices: 2 }), "device");
  const x = randn([4, D], new Generator(8));
  const before = await workers.forward(x);
  // What the workers hold is a copy: nothing that changes here reaches them.
  moe.experts.loadStateDict(
    Object.fromEntries(
      Object.entries(moe.experts.stateDict()).map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map(() => 0) },
      ]),
    ),
  );
  expect(numbers((await workers.forward(x)).y)).toEqual(numbers(before.y));
  expect(numbers(moe.forward(x)).every((y) => y === 0)).toBe(true);
  await workers.stop();
  await expect(workers.forward(x)).rejects.toThrow(/ExpertWorkers: the worker of device \d has ended/);
});

test("what makes no sense is refused in one sentence", async () => {
  const moe = new MoE(D, F, { rng: new Generator(9), nExpert: 4, topK: 1 });
  expect(() => ExpertWorkers.start(moe, placeExperts(3, { devices: 1 }))).toThrow(
    "ExpertWorkers: the placement is of 3 experts, but the layer has 4",
  );
  expect(() => ExpertWorkers.start(moe, placeExperts(4, { devices: 1 }), { copies: "machine" as "device" })).toThrow(
    "ExpertWorkers: copies must be one of expert, device",
  );
  const workers = start(moe, placeExperts(4, { devices: 1 }), "device");
  const routing = moe.router.forward(fromArray(new Float32Array(2 * D), [2, D]));
  await expect(workers.forward(randn([3, D], new Generator(1)), routing)).rejects.toThrow(
    "ExpertWorkers: the routing is of 2 tokens, but x [3, 24] has 3",
  );
});
