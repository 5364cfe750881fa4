import type { KernelName } from "../../../lib/kernels/index.js";
import { interleaveTimed, pairedRatio, repeatsFor, spread, type Clock, type Spread } from "../measure.js";
import { ceilingOf, ourProduct } from "./ours.js";
import { flopsOf, type Product, type ProductPeer } from "./product.js";

/** What was measured on one product; in the course of it, so far. */
export interface ProductRow {
  shape: string;
  rounds: number;
  /** Of ours, of each peer and of the ceiling. */
  gflops: Record<string, Spread>;
  /** The fastest peer in WebAssembly, and how many times as fast ours is. */
  best: string;
  ratioToBest: Spread;
  shareOfCeiling: Spread | null;
  /** How many times as fast ours is as each peer. */
  ratios: Record<string, Spread>;
}

export interface ProductOptions {
  kernels: KernelName;
  peers: readonly ProductPeer[];
  rounds: number;
  clock: Clock;
  /** Called with the figures so far after each round. */
  watch?: (row: ProductRow) => void | Promise<void>;
}

/** Milliseconds that each contender runs for in a round, about. */
const ROUND = 6;

/** Times our product, the peers' and the ceiling in interleaved rounds, after a look at whether they all compute the same. */
export async function measureProduct(product: Product, options: ProductOptions): Promise<ProductRow> {
  const { peers, rounds, clock, watch = () => undefined } = options;
  const ours = ourProduct(product, clock);
  const able = peers.filter(({ can }) => can?.(product) ?? true);
  const others = [];
  for (const peer of able) others.push(await peer.prepare(product, clock));
  const expected = await ours.result();
  for (const other of others) checkEqual(product, other.name, expected, await other.result());
  const ceiling = ceilingOf(options.kernels)?.(product, clock);

  const contenders = [ours, ...others, ...(ceiling ? [ceiling] : [])];
  const inWasm = able.filter(({ wasm }) => wasm).map(({ name }) => name);
  const repeats = await repeatsFor(contenders, ROUND);
  const rowOf = (times: number[][]) => row(product, contenders, inWasm, times);
  const times = await interleaveTimed(contenders, rounds, repeats, 0, (soFar) => watch(rowOf(soFar)));
  for (const { release } of others) await release?.();
  return rowOf(times);
}

function row(
  product: Product,
  contenders: readonly { name: string }[],
  inWasm: string[],
  times: number[][],
): ProductRow {
  const gflop = flopsOf(product) / 1e9;
  const byName = Object.fromEntries(contenders.map(({ name }, i) => [name, times[i]]));
  const { ours, ceiling, ...peers } = byName;
  const each = (of: Record<string, number[]>, f: (times: number[]) => Spread) =>
    Object.fromEntries(Object.entries(of).map(([name, ms]) => [name, f(ms)]));
  const medianOf = (name: string) => spread(peers[name]).median;
  const best = inWasm.reduce((a, b) => (medianOf(b) < medianOf(a) ? b : a));
  return {
    shape: product.title,
    rounds: ours.length,
    gflops: each(byName, (all) => spread(all.map((ms) => gflop / (ms / 1000)))),
    best,
    ratioToBest: pairedRatio(ours, peers[best]),
    shareOfCeiling: ceiling ? pairedRatio(ours, ceiling) : null,
    ratios: each(peers, (ms) => pairedRatio(ours, ms)),
  };
}

/** A bench of wrong results measures nothing. The inputs are below 1, so k bounds what rounding can do. */
function checkEqual({ title, k }: Product, name: string, ours: Float32Array, theirs: Float32Array): void {
  const wrong = ours.findIndex((value, i) => !(Math.abs(value - theirs[i]) <= 1e-5 * k));
  if (wrong < 0 && ours.length === theirs.length) return;
  throw new Error(`${title}: element ${wrong} is ${ours[wrong]} here and ${theirs[wrong]} in ${name}`);
}
