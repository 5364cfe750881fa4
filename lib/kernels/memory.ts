/**
 * Where tensors keep their numbers: one linear memory that TypeScript and the Rust kernels share, so that no call copies.
 *
 * No tensor has to be disposed of. A block is freed
 *   1. when the engine knows that no other code can have seen it (`scope`: temporaries of a backward pass), or
 *   2. when the garbage collector finds its `Storage` (FinalizationRegistry: needs the event loop to turn), or
 *   3. by eviction: above the budget, and where memory runs out, the least recently used blocks are copied into ordinary
 *      JavaScript arrays, which the collector frees even inside one long synchronous loop.
 * In all three cases a tensor that is still held reads the same numbers.
 *
 * `memory.grow` detaches every view of the old buffer (unless it is shared), so views are made on demand and never stored:
 * allocate first, then take views and addresses.
 */

import { Allocator, sizeClass } from "./allocator.js";
import { RESERVED_BYTES } from "./layout.js";
import { growTo, mostBytes, wasmMemory } from "./linear.js";

const MIB = 1024 * 1024;
/** What was touched among the last GUARD touches is not evicted while there is other memory: an op may hold a view of it. */
const GUARD = 64;
/** Blocks that an op may hold the addresses of, the last touched ones: they are never evicted. */
const HELD = 10;

/** Where a block is now. A slot outlives its `Storage` just long enough to be put back on the free list. */
interface Slot {
  /** Byte address in linear memory; 0 when the block is outside. */
  address: number;
  bytes: number;
  outside: ArrayBuffer | null;
  /** Clock of the last touch. */
  used: number;
  /** Evicted, and not touched since. */
  idle: boolean;
}

const allocator = new Allocator(RESERVED_BYTES, growTo);
let clock = 0;
let liveBytes = 0;
/** Grows with the working set, see `makeRoom`. */
let budget = 16 * MIB;
/** Bytes that were evicted and then used again, and bytes placed in all, since the budget was last looked at. */
let missedBytes = 0;
let placedBytes = 0;
let detaching = false;
const resident = new Set<Slot>();
const registry = new FinalizationRegistry<Slot>((slot) => {
  giveBack(slot);
});

/** @param held how many of the blocks that were touched last have to stay */
function reserve(bytes: number, held: number): number {
  const memory = wasmMemory();
  if (!memory) return 0;
  if (detaching) memory.grow(0);
  const address = allocator.allocate(bytes) ?? evictFor(bytes, held);
  if (address !== null) return address;
  const most = mostBytes() - RESERVED_BYTES;
  const inMiB = (bytes: number): string => `${(bytes / MIB).toFixed(bytes < 10 * MIB ? 2 : 0)} MiB`;
  if (bytes > most)
    throw new RangeError(
      `out of kernel memory: ${inMiB(bytes)} wanted, ${inMiB(most)} can be had; use a smaller batch or model`,
    );
  const { free, largest } = allocator.room(mostBytes());
  throw new RangeError(
    `out of kernel memory: ${inMiB(bytes)} wanted, ${inMiB(free)} of ${inMiB(most)} are free, ${inMiB(largest)} in one piece; let go of tensors that are no longer needed, or use a smaller batch or model`,
  );
}

/** Evicts blocks, the least recently used first, until `bytes` fit. */
function evictFor(bytes: number, held: number): number | null {
  if (bytes > mostBytes() - RESERVED_BYTES) return null;
  const byUse = [...resident].sort((a, b) => a.used - b.used);
  for (const slot of byUse.slice(0, Math.max(0, byUse.length - held))) {
    try {
      evict(slot);
    } catch {
      return null; // no room for it elsewhere
    }
    const address = allocator.allocate(bytes);
    if (address !== null) return address;
  }
  return null;
}

function giveBack(slot: Slot): void {
  if (slot.address === 0) return;
  allocator.free(slot.address, slot.bytes);
  slot.address = 0;
  liveBytes -= slot.bytes;
  resident.delete(slot);
}

function place(slot: Slot, held: number): void {
  if (liveBytes + slot.bytes > budget) makeRoom();
  slot.address = reserve(slot.bytes, held);
  if (slot.address === 0) return;
  liveBytes += slot.bytes;
  placedBytes += slot.bytes;
  resident.add(slot);
}

/** Evicts the least recently used blocks until a quarter of the budget is free. */
function makeRoom(): void {
  // Much of what was evicted was used again: the working set is larger than the budget. A loop's garbage is never used again,
  // so the budget stops growing where it holds what one step allocates.
  const tooSmall = missedBytes > budget / 8;
  if (tooSmall) budget = Math.min(budget * 2, 3072 * MIB);
  if (tooSmall || placedBytes > budget) missedBytes = placedBytes = 0;
  const idle = [...resident].filter((slot) => slot.used < clock - GUARD).sort((a, b) => a.used - b.used);
  for (const slot of idle) {
    if (liveBytes <= budget * 0.75) return;
    evict(slot);
  }
}

/** Copies a block into an ordinary array and frees its place. */
function evict(slot: Slot): void {
  // A copy that is never shared; of all ways to make one, the fastest.
  slot.outside = new Float32Array(new Float32Array(wasmMemory()!.buffer, slot.address, slot.bytes / 4)).buffer;
  slot.idle = true;
  registry.unregister(slot);
  giveBack(slot);
}

/** In-place changes so far, the clock of `asOf`. */
let changes = 0;
/** Reads throw if a block was changed after this count; set by `asOf`. */
let seen = Infinity;
/** The blocks for which that counts; null: all. */
let watched: ReadonlySet<Storage> | null = null;

export const changeCount = (): number => changes;

/** Thrown by `asOf`; the message says what was changed, and by whom. */
export class ChangedInPlace extends Error {}

/** Runs `body`, in which no block may be read that was changed in place after the moment `count` of `changeCount`.
 *  @param only the blocks that this is about; null: all */
export function asOf<T>(count: number, body: () => T, only: ReadonlySet<Storage> | null = null): T {
  const before = [seen, watched] as const;
  [seen, watched] = [count, only];
  try {
    return body();
  } finally {
    [seen, watched] = before;
  }
}

/** Storages born while a scope is open, not yet known to the garbage collector's registry. */
let births: Storage[] | null = null;

/** A block of 4-byte numbers. Contents are undefined until written. */
export class Storage {
  readonly #slot: Slot;
  #gone = false;
  /** When it was last changed in place, and how. */
  #changed = 0;
  #change = (): string => "";

  constructor(readonly length: number) {
    const bytes = sizeClass(length * 4);
    this.#slot = { address: 0, bytes, outside: null, used: ++clock, idle: false };
    place(this.#slot, 0); // an op allocates before it takes views and addresses
    if (this.#slot.address === 0) this.#slot.outside = new ArrayBuffer(bytes);
    else if (births) births.push(this);
    else registry.register(this, this.#slot, this.#slot);
  }

  #touch(): Slot {
    if (this.#gone) throw new Error("internal error: a recycled block was used");
    if (this.#changed > seen && (watched === null || watched.has(this))) throw new ChangedInPlace(this.#change());
    const slot = this.#slot;
    slot.used = ++clock;
    if (slot.idle) {
      slot.idle = false;
      missedBytes += slot.bytes;
    }
    return slot;
  }

  /** A view of the numbers, good until the next allocation. */
  f32(): Float32Array {
    const slot = this.#touch();
    return slot.outside
      ? new Float32Array(slot.outside, 0, this.length)
      : new Float32Array(wasmMemory()!.buffer, slot.address, this.length);
  }

  /** As `f32`, for indices. */
  i32(): Int32Array {
    const slot = this.#touch();
    return slot.outside
      ? new Int32Array(slot.outside, 0, this.length)
      : new Int32Array(wasmMemory()!.buffer, slot.address, this.length);
  }

  /** Byte address for a kernel; brings the block back into linear memory if it was evicted. */
  address(): number {
    const slot = this.#touch();
    if (slot.outside) {
      const outside = slot.outside;
      place(slot, HELD);
      if (slot.address === 0)
        throw new Error("internal error: there is no linear memory here, so a block has no address");
      new Uint8Array(wasmMemory()!.buffer, slot.address, slot.bytes).set(new Uint8Array(outside));
      slot.outside = null;
      registry.register(this, slot, slot);
    }
    return slot.address;
  }

  /** Notes that its numbers were overwritten. @param change a sentence for the code that needed the old ones */
  markChanged(change: () => string): void {
    this.#changed = ++changes;
    this.#change = change;
  }

  /** Recycles the block now. Only for the engine, and only where no other code can have seen it. */
  release(): void {
    if (this.#gone) return;
    this.#gone = true;
    registry.unregister(this.#slot);
    giveBack(this.#slot);
    this.#slot.outside = null;
  }

  /** Hands the block to the garbage collector's care. */
  static adopt(storage: Storage): void {
    if (storage.#slot.address !== 0) registry.register(storage, storage.#slot, storage.#slot);
  }
}

/**
 * Runs `body` and returns its result with every storage born in it. The caller decides for each:
 * `release` it, or pass it on with `settle`.
 */
export function scope<T>(body: () => T): { result: T; born: Storage[] } {
  const outer = births;
  const born: Storage[] = [];
  births = born;
  try {
    return { result: body(), born };
  } catch (error) {
    births = outer;
    settle(born);
    throw error;
  } finally {
    births = outer;
  }
}

/** What is born in `body` outlives every open scope: state that is made late, and that its owner keeps. */
export function lasting<T>(body: () => T): T {
  const outer = births;
  births = null;
  try {
    return body();
  } finally {
    births = outer;
  }
}

/** Storages that live on: the enclosing scope decides, or the garbage collector. */
export function settle(storages: Iterable<Storage>): void {
  for (const storage of storages) {
    if (births) births.push(storage);
    else Storage.adopt(storage);
  }
}

/** Bytes of linear memory in use by tensors, its size, and the budget above which idle blocks are evicted. */
export function memoryUse(): { liveBytes: number; linearBytes: number; budgetBytes: number; blocks: number } {
  return { liveBytes, linearBytes: wasmMemory()?.buffer.byteLength ?? 0, budgetBytes: budget, blocks: resident.size };
}

/** Sets the budget, in bytes; returns the one before. For tests: a tiny budget evicts everything as soon as it may. */
export function setMemoryBudget(bytes: number): number {
  const before = budget;
  budget = bytes;
  return before;
}

/** For tests: every allocation detaches all views, as growing the memory does now and then. An op that takes a view
 *  before it allocates then reads nothing but undefined, and its test fails at once instead of once a week. */
export function detachOnEveryAllocation(on: boolean): void {
  detaching = on;
}
