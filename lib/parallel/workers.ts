/** Expert parallelism for real: each device is a worker that owns its experts' weights, and rows travel in messages. */

import type { MessagePort } from "node:worker_threads";
import { checkWord } from "../config/options.js";
import { checkTensor, ShapeError, show } from "../tensor/check.js";
import type { MoE } from "../moe/moe.js";
import type { Routing } from "../moe/routing.js";
import { noGrad } from "../tensor/autograd.js";
import { fromArray } from "../tensor/create.js";
import { reshape } from "../tensor/ops/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Birth, Done, Step } from "./messages.js";
import { choicesOf, homesOf, slotsFor } from "./owners.js";
import { checkPlacement, type Placement } from "./placement.js";

const COPIES = ["expert", "device"] as const;

export interface WorkerOptions {
  /** What gets a copy of a token's row, as in `allToAll`. "expert": each choice, and what comes back is weighted and added up at home.
   *  "device": each device once, and its experts' results are weighted and added up there. Default "device". */
  copies?: (typeof COPIES)[number];
  /** The address of the worker's program, for sources that are not compiled. Default: expertWorker.js beside this file. */
  program?: URL;
}

/** What a forward pass gave, and what it took. */
export interface ParallelPass {
  readonly y: Tensor;
  readonly routing: Routing;
  /** [N][N] bytes of rows that device i sent to device j: to its experts, and back from them. Counted on the messages. */
  readonly dispatched: readonly (readonly number[])[];
  readonly returned: readonly (readonly number[])[];
  /** Bytes that went with the rows: which copy, which slot, which weight. */
  readonly labels: number;
  /** [N] rows that each device's experts computed, counted by the matmul kernel, and how long that took. */
  readonly rowsExecuted: readonly number[];
  readonly milliseconds: readonly number[];
}

/** A layer of experts on several workers, each of which holds the weights of the experts in its slots and no others. Tokens lie on the
 *  devices in equal parts; each sends the rows of its own to the owners of their experts, directly, computes what it gets, and sends the
 *  results back (all-to-all, twice). The router, and what else is in the layer, stay here; on a cluster every device has them.
 *  For inference: no gradients. Equal to `moe.forward(x)`: with copies "expert" and without replicas to the last bit, since each
 *  product has the same rows and each sum the same order; else up to the rounding of float32.
 *  In Node; a page is refused. Workers do not keep a process alive; `stop` ends them.
 *  @example
 *  ```ts
 *  import { Generator, randn } from "twinformer";
 *  import { MoE } from "twinformer/moe";
 *  import { ExpertWorkers, placeExperts } from "twinformer/parallel";
 *
 *  const rng = new Generator(1);
 *  const moe = new MoE(16, 32, { rng, nExpert: 8, topK: 2 });
 *  const workers = ExpertWorkers.start(moe, placeExperts(8, { devices: 4 }));
 *  const { dispatched } = await workers.forward(randn([32, 16], rng));
 *  console.log(dispatched); // 4 rows of 4 numbers: bytes
 *  await workers.stop();
 *  ```
 */
export class ExpertWorkers {
  readonly #workers: WorkerHandle[];
  readonly #copies: (typeof COPIES)[number];
  #running = false;

  /** Throws where there are no workers, and where the placement is not of this layer's experts. */
  static start(moe: MoE, placement: Placement, { copies = "device", program }: WorkerOptions = {}): ExpertWorkers {
    checkWord("ExpertWorkers", "copies", copies, COPIES);
    checkPlacement("ExpertWorkers", placement);
    const { nExpert } = moe.experts;
    if (placement.nExpert !== nExpert)
      throw new RangeError(
        `ExpertWorkers: the placement is of ${placement.nExpert} experts, but the layer has ${nExpert}`,
      );
    return new ExpertWorkers(moe, placement, copies, program);
  }

  private constructor(
    readonly moe: MoE,
    readonly placement: Placement,
    copies: (typeof COPIES)[number],
    program: URL | undefined,
  ) {
    this.#copies = copies;
    this.#workers = started(moe, placement, program);
  }

  /** x [..., D] -> y of the same shape, with what was sent. The router works as in evaluation.
   *  @param routing what a router decided on the rows of x; default: the layer's is asked
   *  Throws where another forward pass is under way, and where a worker has ended. */
  async forward(x: Tensor, routing?: Routing): Promise<ParallelPass> {
    checkTensor("ExpertWorkers", "x", x);
    if (this.#running) throw new Error("ExpertWorkers: one forward pass at a time; await the one before");
    const rows = noGrad(() => reshape(x, [-1, x.shape[x.rank - 1]])); // [N, D]
    const [nToken] = rows.shape;
    const decided = routing ?? noGrad(() => this.moe.router.forward(rows));
    if (decided.nToken !== nToken)
      throw new ShapeError(
        `ExpertWorkers: the routing is of ${decided.nToken} tokens, but x ${show(x.shape)} has ${nToken}`,
      );
    const inputs = noGrad(() => (this.moe.toLatent ? this.moe.toLatent.forward(rows) : rows)); // [N, C]
    this.#running = true;
    try {
      const steps = this.#steps(inputs, decided);
      const done = await Promise.all(this.#workers.map((worker, device) => worker.run(steps[device])));
      const mixed = new Float32Array(inputs.size);
      let length = 0;
      for (const { y } of done) {
        mixed.set(y, length); // the tokens lie on the devices in order
        length += y.length;
      }
      const y = noGrad(() => {
        const completed = this.moe.completed(fromArray(mixed, [...inputs.shape]), rows, decided);
        return reshape(completed, [...x.shape]);
      });
      const column = <K extends keyof Done>(name: K): Done[K][] => done.map((one) => one[name]);
      return {
        y,
        routing: decided,
        dispatched: column("dispatched"),
        returned: column("returned"),
        labels: column("labels").reduce((a, b) => a + b, 0),
        rowsExecuted: column("rowsExecuted"),
        milliseconds: column("milliseconds"),
      };
    } finally {
      this.#running = false;
    }
  }

  /** What each device is to do: the copies of its tokens' rows in the order of their experts, which is the order of `combine`. */
  #steps(inputs: Tensor, routing: Routing): Step[] {
    const { experts, weights } = choicesOf("ExpertWorkers", routing);
    const slots = slotsFor("ExpertWorkers", experts, this.placement);
    const N = this.placement.slots.length;
    const homes = homesOf("ExpertWorkers", experts.length, N);
    const [, C] = inputs.shape;
    const all = inputs.toTypedArray() as Float32Array;
    const atHome = this.#copies === "expert"; // where results are weighted
    return Array.from({ length: N }, (_, device) => {
      const tokens = Array.from(homes.keys()).filter((n) => homes[n] === device);
      const first = tokens[0] ?? 0;
      const choices = tokens
        .flatMap((n) => experts[n].map((expert, k) => ({ n, expert, slot: slots[n][k], weight: weights[n][k] })))
        .sort((a, b) => a.expert - b.expert);
      const copies: { token: number; to: number; weight: number }[] = [];
      const known = new Map<string, number>();
      const copyOf = choices.map(({ n, slot: { device: to }, weight }) => {
        const key = `${n} ${to}`;
        const copy = atHome ? undefined : known.get(key);
        if (copy !== undefined) return copy;
        known.set(key, copies.length);
        return copies.push({ token: n - first, to, weight: atHome ? weight : 1 }) - 1;
      });
      return {
        x: all.slice(first * C, (first + tokens.length) * C),
        tokens: Int32Array.from(copies, ({ token }) => token),
        to: Int32Array.from(copies, ({ to }) => to),
        weights: Float32Array.from(copies, ({ weight }) => weight),
        choices: {
          copies: Int32Array.from(copyOf),
          slots: Int32Array.from(choices, ({ slot }) => slot.at),
          weights: Float32Array.from(choices, ({ weight }) => (atHome ? 1 : weight)),
        },
      };
    });
  }

  /** Ends the workers. */
  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }
}

/** One worker, seen from here. */
interface WorkerHandle {
  run(step: Step): Promise<Done>;
  stop(): Promise<unknown>;
}

function started(moe: MoE, placement: Placement, program: URL | undefined): WorkerHandle[] {
  const node = (globalThis as { process?: { getBuiltinModule?: typeof process.getBuiltinModule } }).process;
  const threads = node?.getBuiltinModule?.("node:worker_threads");
  if (!threads) throw new Error("ExpertWorkers: needs Node's workers, which are not here");
  const here = import.meta.url; // apart, or a bundler would pack the program into every page
  const file = program ?? new URL("../parallel/expertWorker.js", here);
  const N = placement.slots.length;
  // A line between every two devices: ports[i][j] is what i has of the line to j.
  const ports = Array.from({ length: N }, () => new Array<MessagePort | null>(N).fill(null));
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < i; j++) {
      const { port1, port2 } = new threads.MessageChannel();
      [ports[i][j], ports[j][i]] = [port1, port2];
    }
  }
  return placement.slots.map((experts, device) => {
    const workerData = born(moe, experts, ports[device]);
    const transferList = workerData.ports.filter((port) => port !== null) as never[];
    // Threads of its own for the kernels would compete with the other devices. Flags of a program given as a text (`node -e`) are not
    // for a file.
    const own = { env: { TWINFORMER_THREADS: "1" }, execArgv: [] };
    const worker = new threads.Worker(file, { workerData, transferList, ...own });
    worker.unref();
    let ended: Error | null = null;
    let answer: { done: (done: Done) => void; failed: (error: Error) => void } | null = null;
    const end = (error: Error): void => {
      ended ??= error;
      answer?.failed(ended);
    };
    worker.on("message", (done: Done) => answer?.done(done));
    worker.on("error", end);
    worker.on("exit", () => end(new Error(`ExpertWorkers: the worker of device ${device} has ended`)));
    return {
      run: async (step) => {
        if (ended) throw ended;
        worker.ref(); // while something is awaited
        try {
          return await new Promise<Done>((done, failed) => {
            answer = { done, failed };
            worker.postMessage(step);
          });
        } finally {
          answer = null;
          worker.unref();
        }
      },
      stop: () => worker.terminate(),
    };
  });
}

/** The experts in these slots, out of those of the layer. */
function born(moe: MoE, slots: readonly number[], ports: readonly (MessagePort | null)[]): Birth {
  const { experts } = moe;
  const [E, dExpert, dModel] = experts.up.shape;
  const entries = Object.entries(experts.stateDict()).map(([name, { shape, data }]) => {
    const size = data.length / E;
    const own = new Float32Array(slots.length * size);
    slots.forEach((expert, at) => own.set(data.subarray(expert * size, (expert + 1) * size), at * size));
    return [name, { shape: [slots.length, ...shape.slice(1)], data: own }] as const;
  });
  const { activation, clamped, gate, upBias } = experts;
  const made = { dModel, dExpert, activation, clamped, gated: gate !== null, bias: upBias !== null };
  return { ports, experts: { nExpert: slots.length, ...made }, state: Object.fromEntries(entries) };
}
