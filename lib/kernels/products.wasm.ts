import { RESERVED_BYTES, SCRATCH_ADDRESS, STARTS_ADDRESS } from "./layout.js";
import { wasmMemory } from "./linear.js";
import type { Grouped, Matmul } from "./matrix.js";
import { chunks, ROWS, shareGroups, shareRows } from "./threads/chunks.js";
import type { Span } from "./rows/types.js";
import type { ThreadPool } from "./threads/threads.js";
import type { KernelExports } from "./exports.js";

/** Columns of a tile. */
const COLUMNS = 8;

/** The matmul of a module, with operands turned into addresses; shared with the threads of a pool where there is one. */
export function matmulOf(kernels: KernelExports, pool?: ThreadPool): Matmul {
  return (m, k, n, batch, a, b, c, accumulate) => {
    // All blocks first: bringing one in may move memory, though never a block that was just touched.
    const pa = a.storage.address() + 4 * a.offset;
    const pb = b.storage.address() + 4 * b.offset;
    const pc = c.storage.address() + 4 * c.offset;
    const add = accumulate ? 1 : 0;
    // One row is as fast as memory; and how it is summed depends on the number of columns (kernels/src/matmul/row.rs).
    const threads = pool && m > 1 ? pool.threads(2 * m * k * n * batch) : 1;
    if (threads === 1) {
      // prettier-ignore
      kernels.matmul(
        m, k, n, batch,
        pa, a.rowStride, a.colStride, a.batchStride,
        pb, b.rowStride, b.colStride, b.batchStride,
        pc, c.rowStride, c.batchStride,
        add, SCRATCH_ADDRESS,
      );
      return;
    }
    // prettier-ignore
    const part = (m: number, n: number, batch: number, pa: number, pb: number, pc: number) => [
      m, k, n, batch,
      pa, a.rowStride, a.colStride, a.batchStride,
      pb, b.rowStride, b.colStride, b.batchStride,
      pc, c.rowStride, c.batchStride,
      add,
    ];
    // Columns where there are more of them: each thread packs all of the operand that is not cut.
    let parts: number[][];
    if (batch >= threads)
      parts = chunks(batch, threads, 1).map(([t, count]) =>
        part(m, n, count, pa + 4 * t * a.batchStride, pb + 4 * t * b.batchStride, pc + 4 * t * c.batchStride),
      );
    else if (m >= n)
      parts = chunks(m, threads, ROWS).map(([i, count]) =>
        part(count, n, batch, pa + 4 * i * a.rowStride, pb, pc + 4 * i * c.rowStride),
      );
    else
      parts = chunks(n, threads, COLUMNS).map(([j, count]) =>
        part(m, count, batch, pa, pb + 4 * j * b.colStride, pc + 4 * j),
      );
    pool!.run("matmul", parts);
  };
}

/** The grouped products of a module. */
export function groupedOf(kernels: KernelExports, pool?: ThreadPool): Grouped {
  const at = ({ storage, offset }: Span): number => storage.address() + 4 * offset;
  return {
    rows(starts, k, n, a, b, c, accumulate) {
      const groups = starts.length - 1;
      const rest = [k, n, at(a), at(b), b.rowStride, b.colStride, b.batchStride, at(c), accumulate ? 1 : 0];
      const threads = pool && 4 * starts.length <= ROOM ? pool.threads(2 * starts[groups] * k * n) : 1;
      const parts = place(threads === 1 ? [starts] : shareRows(starts, threads)).map((list) => [groups, list, ...rest]);
      run("grouped_rows", parts);
    },
    outer(starts, m, n, a, b, c) {
      const groups = starts.length - 1;
      const [pa, pb, pc] = [at(a), at(b), at(c)];
      const [list] = place([starts]);
      const threads = pool ? pool.threads(2 * starts[groups] * m * n) : 1;
      const shares = threads === 1 ? [[0, groups] as const] : shareGroups(starts, threads);
      const parts = shares.map(([e, count]) => [count, list + 4 * e, m, n, pa, pb, pc + 4 * e * m * n]);
      run("grouped_outer", parts);
    },
  };

  function run(name: "grouped_rows" | "grouped_outer", parts: number[][]): void {
    const kernel: (...values: number[]) => void = kernels[name];
    if (parts.length > 1) pool!.run(name, parts);
    else kernel(...parts[0], SCRATCH_ADDRESS);
  }
}

/** Numbers that fit where kernels read group boundaries: up to four lists. */
const ROOM = (RESERVED_BYTES - STARTS_ADDRESS) / 4;

/** Writes lists of group boundaries where kernels can read them; returns their addresses. */
function place(lists: Int32Array[]): number[] {
  const [{ length }] = lists;
  if (lists.length * length > ROOM)
    throw new RangeError(`grouped matmul: ${length - 1} groups are more than the ${ROOM - 1} that fit`);
  const ints = new Int32Array(wasmMemory()!.buffer, STARTS_ADDRESS, lists.length * length);
  return lists.map((list, i) => {
    ints.set(list, i * length);
    return STARTS_ADDRESS + 4 * i * length;
  });
}
