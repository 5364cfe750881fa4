/** A small training-like loop: in one synchronous run, where no finalizer ever fires, or with a turn of the event loop after each
 *  step. Prints memory now and then, and compares held tensors. Run by memory.test.ts in a process of its own:
 *  `trainingLoop.ts STEPS WIDTH [async]`. */

import { memoryUse } from "../../../lib/kernels/memory.js";
import { crossEntropy, fromArray, gelu, Generator, linear, randn, type Tensor } from "../../../lib/tensor/index.js";
import { AdamW } from "../../../lib/train/optim.js";

const [steps, width] = process.argv.slice(2, 4).map(Number);
const isAsync = process.argv[4] === "async";
const rng = new Generator(1);
const weight = (out: number, inner: number): Tensor<readonly [number, number]> =>
  Object.assign(randn([out, inner], rng, { std: 0.1 }), { requiresGrad: true });
const [w1, w2, w3] = [weight(width, 16), weight(width, width), weight(8, width)];
const optimizer = new AdamW([w1, w2, w3]);
const held: Tensor[] = [];
const copies: (Float32Array | Int32Array)[] = [];
const rows: { step: number; linear: number; rss: number; used: number; loss: number }[] = [];

/** Bytes of what is held by somebody: JavaScript's objects, and blocks that moved out. */
function used(): number {
  for (let i = 0; i < 3; i++) globalThis.gc!(); // what one round finds may be all that held something else
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

for (let step = 1; step <= steps; step++) {
  if (isAsync) await new Promise((resolve) => setImmediate(resolve));
  const x = randn([32, 16], rng);
  const targets = fromArray(
    Array.from({ length: 32 }, (_, i) => (x.toTypedArray()[i * 16] > 0 ? 1 : 0)),
    [32],
    "int32",
  );
  const hidden = gelu(linear(gelu(linear(x, w1)), w2));
  const logits = linear(hidden, w3);
  const loss = crossEntropy(logits, targets as never);
  loss.backward();
  optimizer.step(1e-3);
  optimizer.zeroGrad();
  if (step % 100 === 1) {
    held.push(hidden, logits, loss);
    copies.push(hidden.toTypedArray(), logits.toTypedArray(), loss.toTypedArray());
  }
  if (step % 250 === 0)
    rows.push({
      ...{ step, linear: memoryUse().linearBytes, rss: process.memoryUsage.rss(), loss: loss.item() },
      used: step === 500 || step === steps ? used() : NaN, // twice: a loop of this kind is looked at without help between
    });
}
const changed = held.filter((x, i) => x.toTypedArray().some((v, j) => !Object.is(v, copies[i][j]))).length;
console.log(JSON.stringify({ rows, held: held.length, changed }));
