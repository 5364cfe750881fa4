/**
 * More than one core. Each worker has an instance of the kernels' module on the same memory, with a stack and scratch space
 * of its own, and a letter box. Who runs a kernel cuts the work where no number depends on the cut (rows of C, experts, rows
 * of a softmax), puts a piece into each letter box, computes the first piece itself, and then waits for the others, or takes
 * back what nobody has begun. Each number comes from the same instructions in the same order as on one thread: results are
 * equal to the last bit.
 *
 * ```text
 * letter box:   state, calls, arguments of each   int32     state: IDLE, BUSY, 1 + the number of the export to call, or as below
 *               arguments of all calls            float64   then the sum of what the calls returned
 * ```
 *
 * A worker spins some microseconds for its next piece, since a training step has hundreds; then it sleeps on its letter box.
 */
import { mostThreads } from "./detect.js";
import { wasmMemory } from "./memory.js";
import { pieces } from "./pieces.js";
import { SCRATCH_ADDRESS, STARTS_ADDRESS, type KernelExports } from "./exports.js";

/** Stacks of the workers and then their letter boxes, between the first thread's stack and the scratch space. */
const STACKS = 64 * 1024;
const STACK = 16 * 1024;
const BOXES = STACKS + 3 * STACK;
/** Bytes of a letter box, its head's among them: three fit before SCRATCH_ADDRESS. */
const BOX = 24 * 1024;
const HEAD = 16;
const NUMBERS = (BOX - HEAD) / 8;
/** So many FLOPs (about 25 µs) take as long as it takes to wake a worker up. */
const WORTH_SHARING = 1e6;

/** Whoever waits in vain goes on alone for so many times the time it lost: on a busy machine, threads cost at most 5 %. */
const ALONE = 20;

const [IDLE, BUSY, STARTING, FAILED, QUIT, GONE] = [0, -1, -2, -3, -4, -5];

/** What runs in a worker: a string, because a page or a bundle has no file of its own for it. */
const program = `
const { module, memory, box, stack, names } = require("node:worker_threads").workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
exports.__stack_pointer.value = stack;
const head = new Int32Array(memory.buffer, box, 3);
const values = new Float64Array(memory.buffer, box + ${HEAD}, ${NUMBERS});
const leave = (state) => {
  Atomics.store(head, 0, state);
  Atomics.notify(head, 0);
};
leave(${IDLE});
for (let order; order !== ${QUIT}; ) {
  for (let i = 0; i < 50000 && Atomics.load(head, 0) === ${IDLE}; i++);
  Atomics.wait(head, 0, ${IDLE});
  order = Atomics.load(head, 0);
  // Whoever ordered may have taken it back.
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
leave(${GONE});
`;

interface Helper {
  head: Int32Array;
  values: Float64Array;
  pieces: number;
}

let wanted: number | undefined;
const crews = new Set<Crew>();

/** Threads that kernels may use, the caller's own among them. */
export function threadCount(): number {
  return (wanted ??= mostThreads());
}

/** Sets how many threads kernels may use, 1 for none beside the caller's, and starts them. Results do not depend on it.
 *  Default: the machine's cores, at most 4, in Node; 1 in pages, and where the environment variable TWINFORMER_THREADS says so
 *  when the package is loaded. Throws where there are no threads to be had. */
export function useThreads(count: number): void {
  const most = mostThreads();
  if (!Number.isInteger(count) || count < 1 || count > 4)
    throw new RangeError(`useThreads: takes a whole number from 1 to 4, got ${count}`);
  if (count > 1 && most === 1)
    throw new Error(
      `useThreads: only one thread can be used here (a page, one core, or TWINFORMER_THREADS=1), got ${count}`,
    );
  wanted = count;
  for (const crew of crews) crew.start(true);
}

/** Pieces that each further thread has computed so far, for benches and tests. */
export function piecesByThread(): number[] {
  return [...crews].flatMap((crew) => crew.pieces());
}

/** The threads that run one build of the kernels. */
export class Crew {
  readonly #helpers: Helper[] = [];
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
    crews.add(this);
  }

  /** How many threads to use for so much work: those that are wanted and have started. Starts them if they are missing. */
  threads(flops: number): number {
    if (flops < WORTH_SHARING) return 1;
    const count = threadCount();
    if (count === 1 || performance.now() < this.#aloneUntil) return 1;
    this.start(false);
    let ready = 1;
    while (ready < count && Atomics.load(this.#helpers[ready - 1].head, 0) === IDLE) ready++;
    return ready;
  }

  /** Runs an export once for each list of arguments, in so many threads, and returns the sum of what it returns. `unit` calls
   *  in a row stay together, in their order. Each list gets one more argument: the address of the thread's scratch space, which
   *  an export without such a parameter ignores. */
  run(name: keyof KernelExports, calls: number[][], threads = calls.length, unit = 1): number {
    const fit = Math.floor(NUMBERS / (calls[0].length + 1) / unit) * unit;
    let sum = 0;
    for (let first = 0; first < calls.length; first += fit * threads)
      sum += this.#round(name, calls.slice(first, first + fit * threads), threads, unit);
    return sum;
  }

  #round(name: keyof KernelExports, calls: number[][], threads: number, unit: number): number {
    const order = 1 + this.#names.indexOf(name);
    const shares = pieces(calls.length, threads, unit).map(([from, count]) => calls.slice(from, from + count));
    for (let i = 1; i < shares.length; i++) {
      const { head, values } = this.#helpers[i - 1];
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
      const helper = this.#helpers[i - 1];
      if (Atomics.compareExchange(helper.head, 0, order, IDLE) === order) sum += this.#call(name, shares[i]);
      else if (settled(helper.head, BUSY) === IDLE) {
        sum += helper.values[0];
        helper.pieces++;
      } else throw new Error(`internal error: a thread failed in ${name}; useThreads(1) goes on without threads`);
    }
    // Twice as long as our own piece is what one thread would take for two.
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

  /** Starts the workers that are missing. @param wait until they are ready; otherwise they join when they are */
  start(wait: boolean): void {
    const count = threadCount();
    const room = SCRATCH_ADDRESS + count * this.#scratch <= STARTS_ADDRESS;
    if (!room) throw new Error(`internal error: the scratch memory of ${count} threads does not fit`);
    try {
      while (this.#helpers.length < count - 1) this.#helpers.push(this.#hire(this.#helpers.length));
    } catch {
      wanted = 1; // Node's permission model forbids threads: everything works without
    }
    if (!wait) return;
    for (const { head } of this.#helpers) settled(head, STARTING);
    this.#aloneUntil = 0;
  }

  #hire(index: number): Helper {
    const memory = wasmMemory()!;
    const box = BOXES + index * BOX;
    const head = new Int32Array(memory.buffer, box, 3);
    head[0] = STARTING;
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    const stack = STACKS + (index + 1) * STACK; // it grows downwards
    const workerData = { module: this.module, memory, box, stack, names: this.#names };
    // Without the process's own options: a loader that they name would run in each worker.
    const worker = new Worker(program, { eval: true, workerData, execArgv: [], env: {} });
    worker.on("error", () => Atomics.store(head, 0, FAILED));
    worker.unref(); // does not keep the process alive
    return { head, values: new Float64Array(memory.buffer, box + HEAD, NUMBERS), pieces: 0 };
  }

  pieces(): number[] {
    return this.#helpers.map(({ pieces }) => pieces);
  }

  /** Sends the workers home; their letter boxes are free for another crew's. */
  stop(): void {
    crews.delete(this);
    for (const { head } of this.#helpers.splice(0)) {
      if (settled(head, STARTING) !== IDLE) continue; // it never started
      Atomics.store(head, 0, QUIT);
      Atomics.notify(head, 0);
      settled(head, QUIT);
    }
  }
}

/** Waits until the state is another than `busy`: spinning first, since sleeping costs tens of microseconds. */
function settled(head: Int32Array, busy: number): number {
  for (let i = 0; i < 20_000 && Atomics.load(head, 0) === busy; i++);
  // Half a minute for one kernel: the worker is gone.
  const answer = Atomics.load(head, 0) === busy ? Atomics.wait(head, 0, busy, 30_000) : "ok";
  return answer === "timed-out" ? FAILED : Atomics.load(head, 0);
}
