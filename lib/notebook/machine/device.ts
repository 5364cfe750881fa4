/** This machine as a device: how fast our kernels compute, and how fast it reads. */

import type { Device } from "../../cost/index.js";
import { kernelName, threadCount } from "../../kernels/index.js";
import { contained, noGrad } from "../../tensor/autograd.js";
import { ones } from "../../tensor/create.js";
import { linear } from "../../tensor/ops/matmul.js";
import { interleaved, type Rounds, secondsOf } from "./clock.js";

/** How fast memory is read where so many bytes are read again and again: what fits a cache is read faster. */
export interface ReadSpeed {
  readonly bytes: number;
  readonly bytesPerSecond: number;
}

/** FLOPs a second of the fastest of all rounds and sizes, of square products: what our kernels can do here, not what the processor could. */
export async function peakFlops(sizes: readonly number[], rounds: Rounds): Promise<number> {
  const products = sizes.map((size) => {
    const run = product(size, size, size);
    return { flops: 2 * size ** 3, time: (): number => secondsOf(run) };
  });
  const times = await interleaved(
    products.map(({ time }) => time),
    rounds,
  );
  return Math.max(...products.map(({ flops }, i) => flops / Math.min(...times[i])));
}

/** Bytes a second at which weights of so many bytes together are read: by products of one row, which compute next to nothing, or by
 *  copying, which writes as much as it reads; the faster of both, in the fastest of all rounds. */
export async function readSpeeds(sizes: readonly number[], rounds: Rounds): Promise<ReadSpeed[]> {
  const ways = sizes.flatMap((bytes) => [() => reading(bytes), () => copying(bytes)].map((way) => ({ bytes, way })));
  const speeds: number[] = [];
  // One after the other, as each has memory of its own.
  for (const { way } of ways) {
    const { moved, run } = way();
    const [times] = await interleaved([() => secondsOf(run)], rounds);
    speeds.push(moved / Math.min(...times));
  }
  return sizes.map((bytes, i) => ({ bytes, bytesPerSecond: Math.max(speeds[2 * i], speeds[2 * i + 1]) }));
}

/** Square matrices, each multiplied by one row, that take about so many bytes together. */
function reading(bytes: number): { moved: number; run: () => void } {
  const size = Math.max(8, Math.min(512, Math.floor(Math.sqrt(bytes / 4))));
  const count = Math.max(1, Math.round(bytes / (4 * size * size)));
  const runs = Array.from({ length: count }, () => product(1, size, size));
  return { moved: 4 * size * size * count, run: () => runs.forEach((run) => run()) };
}

function copying(bytes: number): { moved: number; run: () => void } {
  const [from, to] = [new Float32Array(bytes / 8).fill(1), new Float32Array(bytes / 8)];
  return { moved: 2 * from.byteLength, run: () => to.set(from) };
}

/** A product [rows, inputs] by [inputs, outputs] of our kernels, to be run often. */
function product(rows: number, inputs: number, outputs: number): () => void {
  const [x, weight] = [ones([rows, inputs] as [number, number]), ones([outputs, inputs] as [number, number])];
  return () =>
    noGrad(() =>
      contained(
        () => void linear(x, weight),
        () => [],
      ),
    );
}

/** A device of these figures. @param read the speed at which its weights are read */
export const deviceFrom = (peak: number, { bytesPerSecond }: ReadSpeed): Device => ({
  name: "this machine",
  memory: Infinity, // nobody asks here what fits
  bandwidth: bytesPerSecond,
  peak: { float32: peak },
  link: null,
  host: null,
  watts: null,
  sources: [],
  note: `Measured: ${kernelName()} kernels, threads: ${threadCount()}.`,
});
