/** One device of `ExpertWorkers`: a program that runs in a worker of its own, and knows the weights of its own experts alone.
 *  In each step it sends the rows of its tokens to the devices that own their experts, computes what it gets from all devices, sends the
 *  results back, and adds up what comes home. */

import type { MessagePort } from "node:worker_threads";
import { combine, dispatch, planByExpert } from "../moe/dispatch.js";
import { Experts } from "../moe/experts.js";
import { noGrad } from "../tensor/autograd.js";
import { fromArray } from "../tensor/create.js";
import { combineRows } from "../tensor/ops/grouped.js";
import { Generator } from "../tensor/random.js";
import type { Birth, Choices, Done, Rows, Step, Sums } from "./messages.js";

const worker = process.getBuiltinModule("node:worker_threads");
const { parentPort } = worker;
const { ports, experts: made, state } = worker.workerData as Birth;
const D = made.dModel;
const here = ports.indexOf(null);

/** Experts of its own, with the weights that it was sent; null on a device without slots. */
const experts =
  made.nExpert === 0 ? null : new Experts(made.nExpert, D, made.dExpert, { ...made, rng: new Generator(0) });
experts?.loadStateDict(state);

/** What arrives on a port, one message after another. */
function inbox(port: MessagePort): () => Promise<unknown> {
  const arrived: unknown[] = [];
  const waiting: ((message: unknown) => void)[] = [];
  port.on("message", (message: unknown) => {
    const next = waiting.shift();
    if (next) next(message);
    else arrived.push(message);
  });
  return () =>
    arrived.length > 0 ? Promise.resolve(arrived.shift()) : new Promise((resolve) => void waiting.push(resolve));
}
const inboxes = ports.map((port) => port && inbox(port));

/** Gives each device what is meant for it, and gets what each has for this one; its own stays here. */
function exchange<M>(outgoing: readonly M[], buffers: (message: M) => ArrayBufferLike[]): Promise<M[]> {
  ports.forEach((port, to) => port?.postMessage(outgoing[to], buffers(outgoing[to]) as ArrayBuffer[]));
  const incoming: Promise<unknown[]> = Promise.all(inboxes.map((next, from) => (next ? next() : outgoing[from])));
  return incoming as Promise<M[]>;
}

/** The rows of x [T, D] that go to one device, with their choices. */
function rowsTo(device: number, { x, tokens, to, choices }: Step): Rows {
  const place = new Map<number, number>(); // copy -> its place in the message
  to.forEach((target, copy) => target === device && place.set(copy, place.size));
  const rows = new Float32Array(place.size * D);
  for (const [copy, at] of place) rows.set(x.subarray(tokens[copy] * D, (tokens[copy] + 1) * D), at * D);
  const own = Array.from(choices.copies.keys()).filter((i) => place.has(choices.copies[i]));
  return {
    rows,
    choices: {
      copies: Int32Array.from(own, (i) => place.get(choices.copies[i])!),
      slots: Int32Array.from(own, (i) => choices.slots[i]),
      weights: Float32Array.from(own, (i) => choices.weights[i]),
    },
  };
}

/** Messages one after another as one. */
function joined(messages: readonly Rows[]): Rows {
  const rows = new Float32Array(messages.reduce((sum, { rows }) => sum + rows.length, 0));
  const before: number[] = []; // rows that came before each message's own
  let length = 0;
  for (const message of messages) {
    rows.set(message.rows, length);
    before.push(length / D);
    length += message.rows.length;
  }
  const all = messages.flatMap(({ choices }, m) =>
    Array.from(choices.copies, (copy, i) => [before[m] + copy, choices.slots[i], choices.weights[i]] as const),
  );
  return {
    rows,
    choices: {
      copies: Int32Array.from(all, ([copy]) => copy),
      slots: Int32Array.from(all, ([, slot]) => slot),
      weights: Float32Array.from(all, ([, , weight]) => weight),
    },
  };
}

/** Each row through the experts that were chosen for it, as in `MoE`: rows grouped by expert, then added up. [P, D] -> [P, D]. */
function computed({ rows, choices }: Rows): { sums: Float32Array; rowsExecuted: number } {
  const nToken = rows.length / D;
  if (!experts || nToken === 0) return { sums: new Float32Array(rows.length), rowsExecuted: 0 };
  const { copies: tokens, slots, weights } = choices;
  const placed = { positions: new Int32Array(tokens.length), nExpert: made.nExpert, nNullExpert: 0, nToken };
  const plan = planByExpert({ tokens, experts: slots, ...placed });
  const { y, rowsExecuted } = experts.forward(dispatch(fromArray(rows, [nToken, D]), plan), plan.starts);
  const sums = combine(y, fromArray(weights, [weights.length]), plan);
  return { sums: sums.toTypedArray() as Float32Array, rowsExecuted };
}

/** y [T, D]: the results of each token's copies, in their order, times their weights. */
function homecoming({ x, tokens, to, weights }: Step, returned: readonly Sums[]): Float32Array {
  const results = new Float32Array(to.length * D);
  const next = returned.map(() => 0);
  to.forEach((device, copy) => {
    const at = next[device]++ * D;
    results.set(returned[device].subarray(at, at + D), copy * D);
  });
  const order = Int32Array.from(to.keys());
  const rows = fromArray(results, [to.length, D]);
  return combineRows(rows, fromArray(weights, [to.length]), tokens, order, x.length / D).toTypedArray() as Float32Array;
}

async function run(step: Step): Promise<Done> {
  const outgoing = ports.map((_, device) => rowsTo(device, step));
  const bytesTo = (messages: readonly { byteLength: number }[]): number[] =>
    messages.map(({ byteLength }, device) => (device === here ? 0 : byteLength));
  const dispatched = bytesTo(outgoing.map(({ rows }) => rows));
  const lists = ({ copies, slots, weights }: Choices) => [copies, slots, weights];
  const labels = outgoing
    .filter((_, device) => device !== here)
    .flatMap(({ choices }) => lists(choices))
    .reduce((sum, { byteLength }) => sum + byteLength, 0);
  const arrived = await exchange(outgoing, ({ rows, choices }) => [rows, ...lists(choices)].map((list) => list.buffer));

  const start = performance.now();
  const { sums, rowsExecuted } = noGrad(() => computed(joined(arrived)));
  const milliseconds = performance.now() - start;
  let length = 0;
  const results = arrived.map(({ rows }) => sums.slice(length, (length += rows.length)));
  const returned = bytesTo(results);
  const back = await exchange<Sums>(results, ({ buffer }) => [buffer]);
  const y = noGrad(() => homecoming(step, back));
  return { y, dispatched, returned, labels, rowsExecuted, milliseconds };
}

parentPort!.on("message", (step: Step) => {
  // An error ends the worker, of which the other side hears.
  void run(step).then((done) => parentPort!.postMessage(done, [done.y.buffer as ArrayBuffer]));
});
