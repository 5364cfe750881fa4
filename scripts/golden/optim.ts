/** `ops/optim.json`: a small problem, step by step: loss = ½ (x − b)ᵀ A (x − b) + ½ |W x − c|². */

import { add, matmul, mul, reshape, sub, sum, tensor, type Tensor } from "../../lib/tensor/index.js";
import { clipGradNorm } from "../../lib/train/clip.js";
import { Adam, AdamW, type Optimizer, SGD } from "../../lib/train/optim.js";
import { warmupCosine } from "../../lib/train/schedule.js";
import { compare, tolerances } from "./compare.js";
import { nested, numbersIn } from "./data.js";
import { Options } from "./options.js";
import { attempt, type Outcome } from "./report.js";

interface OptimCase {
  id: string;
  config: Record<string, unknown>;
  A: number[][];
  b: number[];
  c: number[];
  init: { x: number[]; W: number[][] };
  steps: Record<string, unknown>[];
}

type AnyShape = Tensor;

export function runOptim(file: string, content: unknown): Outcome[] {
  const { cases } = content as { cases?: OptimCase[] };
  if (!Array.isArray(cases)) throw new Error("there is no list of cases in it");
  return cases.map((c) => attempt(file, c.id, (outcome) => runCase(c, outcome)));
}

function lossOf(x: AnyShape, W: AnyShape, { A, b, c }: OptimCase): Tensor {
  const column = (v: AnyShape): AnyShape => reshape(v, [-1, 1]);
  const away = column(sub(x, tensor(b)));
  const bowl = mul(away, matmul(tensor(A), away));
  const residual = sub(matmul(W, column(x)), column(tensor(c)));
  return mul(add(sum(bowl), sum(mul(residual, residual))), 0.5);
}

function optimizer(parameters: Tensor[], options: Options): Optimizer {
  const name = options.word("opt", ["adamw", "adam", "sgd"]);
  const everything = options.flag("decay_vectors");
  const decays = (p: Tensor): boolean => everything || p.rank >= 2;
  const weightDecay = options.number("weight_decay", 0);
  // SGD has no betas; where a file writes them all the same they mean nothing.
  const betas = options.get("betas") as [number, number] | undefined;
  const eps = options.number("eps", 1e-8);
  const momentum = options.number("momentum", 0);
  if (name === "sgd") return new SGD(parameters, { momentum, weightDecay, decays });
  if (momentum !== 0) throw new Error(`${name} has no momentum, the case asks for ${momentum}`);
  return new (name === "adamw" ? AdamW : Adam)(parameters, { betas: betas ?? [0.9, 0.999], eps, weightDecay, decays });
}

function runCase(c: OptimCase, outcome: Outcome): void {
  const options = new Options(c.config);
  const [x, W] = [tensor(c.init.x), tensor(c.init.W)];
  x.requiresGrad = W.requiresGrad = true;
  const optim = optimizer([x, W], options);
  const lr = options.number("lr");
  const schedule = {
    lr,
    minLr: options.number("min_lr", lr),
    warmup: options.number("warmup_steps", 0),
    steps: options.number("steps"),
  };
  const clip = options.number("clip_norm", Infinity);
  for (const name of options.unknown()) outcome.fail(`the library's optimizers have no option ${name}`);
  if (c.steps.length !== schedule.steps)
    outcome.fail(`there are ${c.steps.length} steps, the config says ${schedule.steps}`);
  c.steps.forEach((expected, step) => {
    const loss = lossOf(x, W, c);
    optim.zeroGrad();
    loss.backward();
    const [gradX, gradW] = [numbersIn(x.grad as Tensor), numbersIn(W.grad as Tensor)];
    const norm = clipGradNorm([x, W], clip);
    const rate = warmupCosine(step, schedule);
    optim.step(rate);
    const actual: Record<string, ReturnType<typeof nested>> = {
      step: nested(step),
      lr: nested(rate),
      loss: nested(loss.item()),
      grad_norm_before_clip: nested(norm),
      grad_x: gradX,
      grad_W: gradW,
      x: numbersIn(x),
      W: numbersIn(W),
    };
    for (const [field, value] of Object.entries(expected)) {
      const what = `step ${step} ${field}`;
      if (!actual[field]) outcome.fail(`${what}: the library has no such field`);
      else
        outcome.add(
          compare(what, actual[field], nested(value), field === "step" ? tolerances.exact : tolerances.optimizer),
        );
    }
  });
}
