/**
 * More than one core. Each worker has an instance of the kernels' module on the same memory, with a stack, scratch space and a
 * mailbox of its own (layout.ts). The main thread cuts a kernel's work where no number depends on the cut (rows of C, experts,
 * rows of a softmax), puts a task into each mailbox, computes the first one itself, and then waits for the others, or reclaims
 * what has not begun. Each number comes from the same instructions in the same order as on one thread: results are equal to the
 * last bit.
 *
 * ```text
 * mailbox:   state, calls, arguments of each         int32     state: IDLE, BUSY, 1 + the number of the export to call, or as below
 *            arguments of all calls                  float64   then the sum of what the calls returned
 * ```
 *
 * A worker spins some microseconds for its next task, since a training step has hundreds; then it sleeps on its mailbox.
 * Where workers cannot be had, everything is computed on the main thread. Bundles for pages have page.ts in place of this file.
 */
import { checkThreads } from "./check.js";
import { chunks } from "./chunks.js";
import type { KernelExports } from "../exports.js";
import { mailbox, MAILBOX_HEAD, MAILBOX_NUMBERS, SCRATCH_ADDRESS, stackEnd, STARTS_ADDRESS } from "../layout.js";
import { wasmMemory } from "../linear.js";
import { mostThreads } from "./node.js";

/** FLOPs (about 25 µs) that take as long as waking a worker up. */
const WORTH_SHARING = 1e6;

/** After a wait that gained nothing, kernels run on one thread for ALONE times the lost time: on a busy machine, threads cost at
 *  most 5 %. */
const ALONE = 20;

/** Milliseconds for one task: after that the worker is taken for dead. */
const LONGEST = 30_000;

const [IDLE, BUSY, FAILED, QUIT, GONE] = [0, -1, -2, -3, -4];
/** Before a worker of this pool has begun; a number for each pool, since a worker may begin after its pool was stopped. */
const starting = (pool: number): number => -10 - pool;

/** What runs in a worker: a string, because a page or a bundle has no file of its own for it. */
const program = `
const { module, memory, address, stack, names, starting } = require("node:worker_threads").workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
exports.__stack_pointer.value = stack;
const head = new Int32Array(memory.buffer, address, 3);
const values = new Float64Array(memory.buffer, address + ${MAILBOX_HEAD}, ${MAILBOX_NUMBERS});
let working = Atomics.compareExchange(head, 0, starting, ${IDLE}) === starting; // else its pool was stopped
const leave = (state) => {
  Atomics.store(head, 0, state);
  Atomics.notify(head, 0);
};
process.on("exit", () => working && leave(${FAILED}));
if (working) Atomics.notify(head, 0);
for (let order; working; ) {
  for (let i = 0; i < 50000 && Atomics.load(head, 0) === ${IDLE}; i++);
  Atomics.wait(head, 0, ${IDLE});
  order = Atomics.load(head, 0);
  if (order === ${QUIT}) {
    working = false;
    leave(${GONE});
  }
  // The main thread may have reclaimed this task.
  if (order <= ${IDLE} || Atomics.compareExchange(head, 0, order, ${BUSY}) !== order) continue;
  try {
    const [, calls, count] = head;
    let sum = 0;
    for (let i = 0; i < calls; i++)
      sum += exports[names[order - 1]](...values.subarray(i * count, (i + 1) * count)) || 0;
    values[0] = sum;
    leave(${IDLE});
  } catch {
    leave(${FAILED});
  }
}
`;

interface Worker {
  head: Int32Array;
  values: Float64Array;
  /** Tasks that it has finished. */
  tasks: number;
  /** Its pool was stopped: the mailbox is no longer its own. */
  stopped: boolean;
}

let wanted: number | undefined;
const pools = new Set<ThreadPool>();
let lastPool = 0;

/** Threads that kernels may use, the caller's own among them. */
export function threadCount(): number {
  return (wanted ??= mostThreads());
}

/** Sets how many threads kernels may use, 1 for none beside the caller's, and starts them. Results do not depend on it.
 *  Default: the machine's cores, at most 4, in Node; 1 in pages, and where the environment variable TWINFORMER_THREADS says so
 *  when the package is loaded. Throws where there are no threads to be had. */
export function useThreads(count: number): void {
  checkThreads(count, mostThreads());
  wanted = count;
  for (const pool of pools) pool.start(true);
}

/** Tasks that each further thread has computed so far, for benches and tests. */
export function piecesByThread(): number[] {
  return [...pools].flatMap((pool) => pool.tasks());
}

/** The threads that run one build of the kernels; none in a page. */
export const newPool = (module: WebAssembly.Module, kernels: KernelExports): ThreadPool | undefined =>
  new ThreadPool(module, kernels);

/** The threads that run one build of the kernels. */
export class ThreadPool {
  readonly #id = ++lastPool;
  readonly #workers: Worker[] = [];
  readonly #names: (keyof KernelExports)[];
  readonly #scratch: number;
  /** Until when to go without threads. */
  #aloneUntil = 0;

  constructor(
    readonly module: WebAssembly.Module,
    readonly kernels: KernelExports,
  ) {
    this.#scratch = Math.ceil(kernels.scratch_bytes() / 64) * 64;
    this.#names = Object.keys(kernels) as (keyof KernelExports)[];
    pools.add(this);
  }

  /** How many threads to use for this much work: those that are wanted and have started. Starts them if they are missing. */
  threads(flops: number): number {
    if (flops < WORTH_SHARING) return 1;
    if (threadCount() === 1 || performance.now() < this.#aloneUntil) return 1;
    this.start(false);
    // Only now: workers may have been refused.
    const count = Math.min(threadCount(), 1 + this.#workers.length);
    let ready = 1;
    while (ready < count && Atomics.load(this.#workers[ready - 1].head, 0) === IDLE) ready++;
    return ready;
  }

  /** Runs an export once for each list of arguments, in this many threads, and returns the sum of what it returns. `unit` calls
   *  in a row stay together, in their order. Each list gets one more argument: the address of the thread's scratch space, which
   *  an export without such a parameter ignores. */
  run(name: keyof KernelExports, calls: number[][], threads = calls.length, unit = 1): number {
    const fit = Math.floor(MAILBOX_NUMBERS / (calls[0].length + 1) / unit) * unit;
    let sum = 0;
    for (let first = 0; first < calls.length; first += fit * threads)
      sum += this.#round(name, calls.slice(first, first + fit * threads), threads, unit);
    return sum;
  }

  #round(name: keyof KernelExports, calls: number[][], threads: number, unit: number): number {
    const order = 1 + this.#names.indexOf(name);
    const shares = chunks(calls.length, threads, unit).map(([from, count]) => calls.slice(from, from + count));
    for (let i = 1; i < shares.length; i++) {
      const { head, values } = this.#workers[i - 1];
      const count = calls[0].length + 1;
      shares[i].forEach((call, j) => {
        values.set(call, j * count);
        values[(j + 1) * count - 1] = SCRATCH_ADDRESS + i * this.#scratch;
      });
      head[1] = shares[i].length;
      head[2] = count;
      Atomics.store(head, 0, order);
      Atomics.notify(head, 0);
    }
    const start = performance.now();
    let sum = this.#call(name, shares[0]);
    const mine = performance.now() - start;
    for (let i = 1; i < shares.length; i++) {
      const worker = this.#workers[i - 1];
      if (Atomics.compareExchange(worker.head, 0, order, IDLE) === order) sum += this.#call(name, shares[i]);
      else if (settled(worker.head, BUSY, LONGEST) === IDLE) {
        sum += worker.values[0];
        worker.tasks++;
      } else throw new Error(`internal error: a thread failed in ${name}; useThreads(1) goes on without threads`);
    }
    // Twice as long as the main thread's own task is what one thread would take for two.
    const lost = performance.now() - start - shares.length * mine;
    if (lost > 0) this.#aloneUntil = performance.now() + ALONE * lost;
    return sum;
  }

  #call(name: keyof KernelExports, calls: number[][]): number {
    const kernel = this.kernels[name] as (...values: number[]) => number | undefined;
    let sum = 0;
    for (const call of calls) sum += kernel(...call, SCRATCH_ADDRESS) ?? 0;
    return sum;
  }

  /** Starts the workers that are missing. @param wait until they are ready, and replace those that failed */
  start(wait: boolean): void {
    const count = threadCount();
    const room = SCRATCH_ADDRESS + count * this.#scratch <= STARTS_ADDRESS;
    if (!room) throw new Error(`internal error: the scratch memory of ${count} threads does not fit`);
    try {
      for (let i = 0; i < count - 1; i++) {
        const failed = wait && this.#workers[i] && Atomics.load(this.#workers[i].head, 0) === FAILED;
        if (failed) this.#workers[i].stopped = true;
        if (failed || i === this.#workers.length) this.#workers[i] = this.#spawn(i);
      }
    } catch {
      wanted = 1; // Node's permission model, for one, forbids threads: everything works without
    }
    if (!wait) return;
    for (const { head } of this.#workers) settled(head, starting(this.#id), 10_000);
    this.#aloneUntil = 0;
  }

  #spawn(index: number): Worker {
    const memory = wasmMemory()!;
    const address = mailbox(index);
    const head = new Int32Array(memory.buffer, address, 3);
    head[0] = starting(this.#id);
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    const place = { address, stack: stackEnd(index), starting: head[0] };
    const workerData = { module: this.module, memory, names: this.#names, ...place };
    // Without the process's own options: a loader that they name would run in each worker.
    const thread = new Worker(program, { eval: true, workerData, execArgv: [], env: {} });
    const values = new Float64Array(memory.buffer, address + MAILBOX_HEAD, MAILBOX_NUMBERS);
    const worker: Worker = { head, values, tasks: 0, stopped: false };
    const failed = (): void => {
      if (!worker.stopped) Atomics.store(head, 0, FAILED);
    };
    thread.on("error", failed);
    thread.on("exit", failed);
    thread.unref(); // does not keep the process alive
    return worker;
  }

  tasks(): number[] {
    return this.#workers.map(({ tasks }) => tasks);
  }

  /** Stops the workers and frees their mailboxes. */
  stop(): void {
    pools.delete(this);
    for (const worker of this.#workers.splice(0)) {
      const { head } = worker;
      worker.stopped = true;
      if (Atomics.compareExchange(head, 0, starting(this.#id), GONE) !== IDLE) continue; // not begun, or failed
      Atomics.store(head, 0, QUIT);
      Atomics.notify(head, 0);
      settled(head, QUIT, 10_000);
    }
  }
}

/** Waits until the state is another than `busy`, or for `limit` milliseconds: spinning first, since sleeping costs tens of
 *  microseconds. */
function settled(head: Int32Array, busy: number, limit: number): number {
  for (let i = 0; i < 20_000 && Atomics.load(head, 0) === busy; i++);
  const answer = Atomics.load(head, 0) === busy ? Atomics.wait(head, 0, busy, limit) : "ok";
  return answer === "timed-out" ? FAILED : Atomics.load(head, 0);
}
