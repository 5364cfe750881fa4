/** Throws where so many threads, the caller's own among them, cannot be had. @param most as many as this process may use */
export function checkThreads(count: number, most: number): void {
  if (!Number.isInteger(count) || count < 1 || count > 4)
    throw new RangeError(`useThreads: takes an integer from 1 to 4, got ${String(count)}`);
  if (count > 1 && most === 1)
    throw new Error(
      `useThreads: only one thread can be used here (a page, one core, or TWINFORMER_THREADS=1), got ${count}`,
    );
}
