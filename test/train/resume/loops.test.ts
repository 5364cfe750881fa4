import fc from "fast-check";
import { expect, it } from "vitest";
import {
  buffer,
  Dropout,
  Generator,
  Linear,
  mean,
  Module,
  mul,
  randn,
  type Tensor,
  zeros,
} from "../../../lib/index.js";
import { MoE, type RouterConfig, routerDefaults, type Routing, updateSelectionBiases } from "../../../lib/moe/index.js";
import { overwrite, read } from "../../../lib/tensor/tensor.js";
import {
  Adam,
  AdamW,
  clipGradNorm,
  inverseSquareRoot,
  RunState,
  SGD,
  stepDecay,
  warmupConstant,
  warmupCosine,
  warmupLinear,
  warmupStableDecay,
} from "../../../lib/train/index.js";
import { anyConfig, routed } from "../../moe/anyConfig.js";
import { contents } from "./saved.js";

/** Something of every kind of state: parameters, one of them frozen, buffers of both dtypes, generators. */
class Net extends Module {
  readonly inner: Linear<4, 6>;
  readonly drop: Dropout;
  readonly moe: MoE<6>;
  readonly calls = buffer(zeros([1], "int32"));
  readonly last = buffer(zeros([6]));
  readonly own: Generator;

  constructor(seed: number, p: number, router: Partial<RouterConfig> & { topK: number }) {
    super();
    const rng = new Generator(seed);
    this.inner = new Linear(4, 6, { rng });
    this.drop = new Dropout(p, { rng });
    this.moe = new MoE(6, 5, { ...router, nExpert: 4, vocabSize: 9, rng });
    this.own = rng.fork("own");
    this.inner.bias!.requiresGrad = false;
  }

  forward(x: Tensor<[3, 4]>, routings: Routing[]): Tensor<readonly []> {
    overwrite(this.calls, "Net")[0]++;
    const y = this.moe.forward(this.drop.forward(this.inner.forward(x)), { routings, ids: [1, 2, 3] });
    overwrite(this.last, "Net").set(read(y).slice(0, 6));
    return mean(mul(mul(y, y), 1 + this.own.normal()));
  }
}

const optimizers = {
  SGD: (p: Tensor[]) => new SGD(p),
  momentum: (p: Tensor[]) => new SGD(p, { momentum: 0.9, weightDecay: 0.1 }),
  nesterov: (p: Tensor[]) => new SGD(p, { momentum: 0.5, nesterov: true }),
  Adam: (p: Tensor[]) => new Adam(p),
  AdamW: (p: Tensor[]) => new AdamW(p, { betas: [0.5, 0.9], decays: () => true }),
};
const lr = 0.01;
const schedules = {
  none: () => lr,
  warmupConstant: (step: number) => warmupConstant(step, { lr, warmup: 2 }),
  warmupLinear: (step: number) => warmupLinear(step, { lr, steps: 5 }),
  warmupCosine: (step: number) => warmupCosine(step, { lr, steps: 5, warmup: 2 }),
  stepDecay: (step: number) => stepDecay(step, { lr, every: 2 }),
  inverseSquareRoot: (step: number) => inverseSquareRoot(step, { lr, warmup: 2 }),
  warmupStableDecay: (step: number) => warmupStableDecay(step, { lr, steps: 5, cooldown: 3 }),
};

interface Plan {
  optimizer: keyof typeof optimizers;
  schedule: keyof typeof schedules;
  p: number;
  accumulate: number;
  router: Partial<RouterConfig> & { topK: number };
}

/** A loop as a reader would write it: micro-batches whose gradients add up, the best loss so far, an average of the weights. */
function started(plan: Plan, seed: number): { run: RunState; until: (micro: number) => number[] } {
  const net = new Net(seed, plan.p, plan.router);
  const parameters = net.parameters();
  const optimizer = optimizers[plan.optimizer](parameters);
  const batches = new Generator(seed).fork("batches");
  const progress = { micro: 0, step: 0, best: Infinity };
  const average = { shape: [parameters[0].size], data: new Float32Array(parameters[0].size) };
  const { optimizer: _, ...rest } = plan; // the optimizer says what it is by itself
  const run = new RunState({ model: net, optimizer, generators: { batches }, progress, more: { average }, plan: rest });
  const until = (end: number): number[] => {
    const losses: number[] = [];
    for (; progress.micro < end; progress.micro++) {
      const routings: Routing[] = [];
      const loss = net.forward(randn([3, 4], batches), routings);
      loss.backward();
      losses.push(loss.item());
      progress.best = Math.min(progress.best, loss.item());
      if ((progress.micro + 1) % plan.accumulate > 0) continue;
      clipGradNorm(parameters, 1);
      optimizer.step(schedules[plan.schedule](progress.step++));
      optimizer.zeroGrad();
      updateSelectionBiases(net, routings);
      read(parameters[0]).forEach((w, i) => (average.data[i] = 0.9 * average.data[i] + 0.1 * w));
      if (progress.step === 2) net.drop.eval();
      if (progress.step === 3) net.inner.bias!.requiresGrad = true;
    }
    return losses;
  };
  return { run, until };
}

it("a loop of one's own goes on to the same bits, saved after any micro-batch", () => {
  const plans = fc.record({
    optimizer: fc.constantFrom(...(Object.keys(optimizers) as (keyof typeof optimizers)[])),
    schedule: fc.constantFrom(...(Object.keys(schedules) as (keyof typeof schedules)[])),
    p: fc.constantFrom(0, 0.5),
    accumulate: fc.integer({ min: 1, max: 3 }),
    router: anyConfig(4, routed).map((router) => ({ ...router, topK: routerDefaults(router, 4).topK })),
  });
  const micros = fc.integer({ min: 0, max: 7 });
  fc.assert(
    fc.property(plans, micros, micros, (plan, n, m) => {
      const straight = started(plan, 1);
      const losses = straight.until(n + m);
      const first = started(plan, 1);
      const before = first.until(n);
      const second = started(plan, 2);
      second.run.load(first.run.save());
      expect(contents(second.run.save())).toEqual(contents(first.run.save()));
      expect([...before, ...second.until(n + m)]).toEqual(losses);
      expect(contents(second.run.save())).toEqual(contents(straight.run.save()));
    }),
    { numRuns: 60 },
  );
});
