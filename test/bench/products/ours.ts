import { matmul, type KernelName, type Matrix } from "../../../lib/kernels/index.js";
import { Storage } from "../../../lib/kernels/memory.js";
import { moduleBytes } from "../../../lib/kernels/moduleBytes.js";
import { instantiate } from "../../../lib/kernels/wasm.js";
import { timed, type Clock, type TimedContender } from "../measure.js";
import { flopsOf, operands, type Prepared, type Product } from "./product.js";

/** Our product, of operands in the kernels' memory. */
export function ourProduct(product: Product, clock: Clock): Prepared {
  const { m, k, n, batch, layout } = product;
  const values = operands(product);
  const c = new Storage(batch * m * n);
  const left = operand(stored(values.a), m, k, layout === "TN");
  const right = operand(stored(values.b), k, n, layout === "NT");
  const result = operand(c, m, n, false);
  const run = () => matmul(m, k, n, batch, left, right, result);
  return { ...timed("ours", clock, run), result: () => (run(), c.f32().slice()) };
}

/** What the register tile of a build could do if it never waited for memory: as many FLOPs as the product has.
 *  null for the TypeScript kernels, which have no such tile. */
export function ceilingOf(name: KernelName): ((product: Product, clock: Clock) => TimedContender) | null {
  if (name === "typescript") return null;
  const kernels = instantiate(moduleBytes(name));
  return (product, clock) => {
    const data = stored(new Float32Array(64).fill(0.5));
    const steps = Math.max(1000, Math.round(flopsOf(product) / kernels.ceiling_flops()));
    const whole = timed("ceiling", clock, () => kernels.ceiling(steps, data.address()));
    const share = flopsOf(product) / (steps * kernels.ceiling_flops());
    return { name: "ceiling", time: async (repeats) => (await whole.time(repeats)) * share };
  };
}

function stored(values: Float32Array): Storage {
  const storage = new Storage(values.length);
  storage.f32().set(values);
  return storage;
}

function operand(storage: Storage, rows: number, cols: number, transposed: boolean): Matrix {
  const strides = transposed ? { rowStride: 1, colStride: rows } : { rowStride: cols, colStride: 1 };
  return { storage, offset: 0, ...strides, batchStride: rows * cols };
}
