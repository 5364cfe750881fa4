/** `npm run bench -- matmul`: our matmul against TensorFlow.js' WebAssembly backend, and against what the machine allows.
 *  `--peers all`: against jax-js (Node 22 and newer), ml-matrix and mathjs too, on plain products.
 *  `--rounds N` (41), `--shape 256x256x256`, `--clock cpu` for a busy machine, `--kernels NAME`. */
import { kernelName, matmul, useKernels, type KernelName, type Matrix } from "../../lib/kernels/index.js";
import { Storage } from "../../lib/kernels/memory.js";
import { instantiate, moduleBytes } from "../../lib/kernels/wasm.js";
import { interleave, pairedRatio, spread, type Clock, type Contender, type Spread } from "./measure.js";
import { showSpread, type BenchOptions, type BenchResult } from "./suite.js";
import { productPeers } from "./peers/products.js";
import { loadTfjs } from "./peers/tfjs.js";

export const peers = true;

/** m, k, n, batch, and whether A or B is stored transposed. */
type Shape = [m: number, k: number, n: number, batch?: number, layout?: "NN" | "NT" | "TN"];
const shapes: Shape[] = [
  ...[64, 128, 256, 512, 1024].map((n): Shape => [n, n, n]),
  [256, 128, 512],
  [1024, 64, 64],
  [1024, 64, 256], // feed-forward of performance.md's training step: N = 1024 tokens, D = 64, F = 256
  [1024, 256, 64],
  [256, 256, 256, 1, "NT"],
  [256, 256, 256, 1, "TN"],
  [1024, 256, 64, 1, "NT"],
  [64, 1024, 256, 1, "TN"],
  [64, 16, 64, 64, "NT"], // attention scores, 64 heads of 16
  [64, 64, 16, 64], // attention output
  [192, 128, 256], // one expert's tokens
  [1, 128, 512], // decoding: one token
  [8, 128, 512],
];

export async function run({ flags, print }: BenchOptions): Promise<BenchResult> {
  const name = (flags.get("kernels") ?? kernelName()) as KernelName;
  useKernels(name);
  const rounds = Number(flags.get("rounds") ?? 41);
  const clock = (flags.get("clock") ?? "wall") as Clock;
  const tf = await loadTfjs();
  const others = flags.get("peers") === "all" ? await productPeers() : [];
  const ceiling = name === "typescript" ? null : instantiate(moduleBytes(name));
  const only = flags.get("shape");
  print(`matmul, ${name} kernels; GFLOP/s by ${clock} clock; median (quartiles) of ${rounds} interleaved rounds`);
  print(row("m×k×n, batch", "ours", "tfjs-wasm", "ours / tfjs-wasm", "share of ceiling"));
  const rows: BenchResult["rows"] = [];
  for (const [m, k, n, batch = 1, layout = "NN"] of shapes) {
    const title = `${m}x${k}x${n}${batch > 1 ? `, ${batch}` : ""}${layout === "NN" ? "" : ` ${layout}`}`;
    if (only !== undefined && only !== title) continue;
    const a = filled(batch * m * k);
    const b = filled(batch * k * n);
    const c = new Storage(batch * m * n);
    const left = operand(a, m, k, layout === "TN");
    const right = operand(b, k, n, layout === "NT");
    const result = operand(c, m, n, false);

    const [transposedA, transposedB] = [layout === "TN", layout === "NT"];
    const ta = tf.tensor(a.f32().slice(), [batch, ...(transposedA ? [k, m] : [m, k])].slice(batch > 1 ? 0 : 1));
    const tb = tf.tensor(b.f32().slice(), [batch, ...(transposedB ? [n, k] : [k, n])].slice(batch > 1 ? 0 : 1));
    const theirMatmul = () => tf.matMul(ta, tb, transposedA, transposedB);
    const contenders: Contender[] = [
      { name: "ours", run: () => matmul(m, k, n, batch, left, right, result) },
      { name: "tfjs-wasm", run: () => theirMatmul().dispose() },
    ];
    const gflop = (2 * m * k * n * batch) / 1e9;
    const steps = Math.max(1000, Math.round((gflop * 1e9) / (ceiling?.ceiling_flops() ?? 1)));
    if (ceiling) {
      const data = filled(64);
      contenders.push({ name: "ceiling", run: () => ceiling.ceiling(steps, data.address()) });
    }
    const plain = batch === 1 && layout === "NN";
    const more = others.filter(({ most }) => plain && 2 * m * k * n <= most);
    for (const { name, prepare } of more)
      contenders.push({ name, run: prepare(a.f32().slice(), b.f32().slice(), m, k, n) });
    matmul(m, k, n, batch, left, right, result);
    checkEqual(title, c.f32(), theirMatmul().dataSync(), k);

    const times = interleave(contenders, rounds, 6, clock);
    const [ours, theirs] = times;
    const bound = ceiling ? times[2] : null;
    const otherTimes = Object.fromEntries(
      more.map((peer, i) => [peer.name, times[times.length - more.length + i]] as const),
    );
    const speed = (times: number[], work = gflop) => spread(times.map((ms) => work / (ms / 1000)));
    const ratio = pairedRatio(ours, theirs);
    const boundWork = (steps * (ceiling?.ceiling_flops() ?? 0)) / 1e9;
    const share = bound ? spread(ours.map((ms, i) => gflop / ms / (boundWork / bound[i]))) : null;
    rows.push({
      shape: title,
      gflops: {
        ours: speed(ours),
        "tfjs-wasm": speed(theirs),
        ...(bound ? { ceiling: speed(bound, boundWork) } : {}),
        ...mapped(otherTimes, (peer) => speed(peer)),
      },
      ratioToTfjs: ratio,
      shareOfCeiling: share,
      ratioToOthers: mapped(otherTimes, (peer) => pairedRatio(ours, peer)),
    });
    print(
      row(
        title,
        showSpread(speed(ours), 1),
        showSpread(speed(theirs), 1),
        showSpread(ratio),
        share ? showSpread(share) : "-",
      ),
    );
    for (const [who, peer] of Object.entries(otherTimes))
      print(`    ${who}: ${showSpread(speed(peer), 1)}, ours is ${showSpread(pairedRatio(ours, peer))} times as fast`);
    ta.dispose();
    tb.dispose();
  }
  const bars = rows.flatMap(({ shape, gflops }) =>
    Object.entries(gflops as Record<string, Spread>).map(([who, value]) => ({
      name: `${shape as string}: ${who}`,
      value,
    })),
  );
  const chart = { title: "Matrix products, one thread", unit: `GFLOP/s, ${name} kernels`, bars };
  return { suite: "matmul", rows, chart, notes: [`kernels: ${name}`, `rounds: ${rounds}`, `clock: ${clock}`] };
}

const mapped = (times: Record<string, number[]>, f: (times: number[]) => Spread): Record<string, Spread> =>
  Object.fromEntries(Object.entries(times).map(([who, each]) => [who, f(each)]));

const row = (...cells: string[]) => cells.map((cell, i) => cell.padEnd(i === 0 ? 20 : 21)).join("");

/** Numbers in [-1, 1) that look like none in particular. */
function filled(length: number): Storage {
  const storage = new Storage(length);
  const values = storage.f32();
  for (let i = 0; i < length; i++) values[i] = ((i * 2_654_435_761) % 4096) / 2048 - 1;
  return storage;
}

function operand(storage: Storage, rows: number, cols: number, transposed: boolean): Matrix {
  const strides = transposed ? { rowStride: 1, colStride: rows } : { rowStride: cols, colStride: 1 };
  return { storage, offset: 0, ...strides, batchStride: rows * cols };
}

/** A bench of wrong results measures nothing. The inputs are below 1, so k bounds what rounding can do. */
function checkEqual(title: string, ours: Float32Array, theirs: Float32Array, k: number): void {
  const wrong = ours.findIndex((value, i) => !(Math.abs(value - theirs[i]) <= 1e-5 * k));
  if (wrong >= 0)
    throw new Error(`${title}: element ${wrong} is ${ours[wrong]} here and ${theirs[wrong]} in tfjs-wasm`);
}
