/**
 * Which parts of linear memory are free. Addresses only: nothing here reads or writes the memory itself.
 *
 * Small blocks of one size share a slab, so that they leave no gaps between large ones; an empty slab is given back. Large blocks
 * and slabs are extents: a free one is joined with its free neighbors, and the smallest that is large enough is taken.
 */

/** Extents are multiples of it. */
const UNIT = 8 * 1024;
/** Larger blocks are extents of their own. All larger size classes are multiples of UNIT. */
const SMALL = 32 * 1024;
/** Blocks of one slab, at least. */
const PER_SLAB = 8;

/** Bytes rounded up to one of four sizes per power of two, so that freed blocks fit again: at most 25 % is lost. */
export function sizeClass(bytes: number): number {
  const step = Math.max(64, 2 ** (Math.floor(Math.log2(Math.max(bytes, 64))) - 2));
  return Math.max(1, Math.ceil(bytes / step)) * step;
}

interface Slab {
  address: number;
  /** Bytes of each block. */
  size: number;
  free: number[];
  live: number;
}

export class Allocator {
  /** Everything from here on is free. */
  #top: number;
  /** Free extents below the top: their bytes by address, their addresses by end and by bytes. */
  readonly #bytesAt = new Map<number, number>();
  readonly #endingAt = new Map<number, number>();
  readonly #bySize = new Map<number, Set<number>>();
  /** The keys of #bySize, ascending. */
  readonly #sizes: number[] = [];
  readonly #slabs = new Map<number, Slab>();
  /** Slabs with room, by the size of their blocks. */
  readonly #open = new Map<number, Set<Slab>>();

  /** @param grow makes everything up to an address usable; false where that is impossible */
  constructor(
    readonly start: number,
    readonly grow: (end: number) => boolean,
  ) {
    this.#top = start;
  }

  /** Address of a block of `bytes`, a size class; null where no gap is large enough. */
  allocate(bytes: number): number | null {
    return bytes > SMALL ? this.#take(bytes) : this.#takeSmall(bytes);
  }

  /** Gives a block back; `bytes` as it was asked for. */
  free(address: number, bytes: number): void {
    if (bytes > SMALL) {
      this.#give(address, bytes);
      return;
    }
    const slab = this.#slabs.get(Math.floor(address / UNIT))!;
    slab.free.push(address);
    slab.live--;
    const open = this.#open.get(slab.size)!;
    open.add(slab);
    // One empty slab is kept, so that a lone block that comes and goes costs nothing.
    if (slab.live > 0 || open.size === 1) return;
    open.delete(slab);
    this.#each(slab, (unit) => this.#slabs.delete(unit));
    this.#give(slab.address, slabBytes(slab.size));
  }

  /** Bytes below `end` that nobody has, and the largest run of them. */
  room(end: number): { free: number; largest: number } {
    const above = Math.max(0, end - this.#top);
    let free = above;
    for (const bytes of this.#bytesAt.values()) free += bytes;
    return { free, largest: Math.max(above, this.#sizes.at(-1) ?? 0) };
  }

  #takeSmall(bytes: number): number | null {
    let open = this.#open.get(bytes);
    if (!open) this.#open.set(bytes, (open = new Set()));
    let [slab] = open;
    if (slab === undefined) {
      const address = this.#take(slabBytes(bytes));
      if (address === null) return null;
      const count = Math.floor(slabBytes(bytes) / bytes);
      const free = Array.from({ length: count }, (_, i) => address + (count - 1 - i) * bytes);
      slab = { address, size: bytes, free, live: 0 };
      const made = slab;
      this.#each(made, (unit) => this.#slabs.set(unit, made));
      open.add(slab);
    }
    const address = slab.free.pop()!;
    slab.live++;
    if (slab.free.length === 0) open.delete(slab);
    return address;
  }

  #each(slab: Slab, visit: (unit: number) => void): void {
    const first = Math.floor(slab.address / UNIT);
    for (let i = 0; i < slabBytes(slab.size) / UNIT; i++) visit(first + i);
  }

  #take(bytes: number): number | null {
    const size = this.#sizes[this.#place(bytes)];
    if (size !== undefined) {
      const [address] = this.#bySize.get(size)!;
      this.#remove(address, size);
      if (size > bytes) this.#add(address + bytes, size - bytes);
      return address;
    }
    const address = this.#top;
    if (!this.grow(address + bytes)) return null;
    this.#top = address + bytes;
    return address;
  }

  #give(address: number, bytes: number): void {
    const end = address + bytes;
    const before = this.#endingAt.get(address);
    const after = this.#bytesAt.get(end);
    let [first, size] = [address, bytes];
    if (after !== undefined) {
      this.#remove(end, after);
      size += after;
    }
    if (before !== undefined) {
      this.#remove(before, address - before);
      size += address - before;
      first = before;
    }
    if (first + size === this.#top) this.#top = first;
    else this.#add(first, size);
  }

  #add(address: number, bytes: number): void {
    this.#bytesAt.set(address, bytes);
    this.#endingAt.set(address + bytes, address);
    const same = this.#bySize.get(bytes);
    if (same) same.add(address);
    else {
      this.#bySize.set(bytes, new Set([address]));
      this.#sizes.splice(this.#place(bytes), 0, bytes);
    }
  }

  #remove(address: number, bytes: number): void {
    this.#bytesAt.delete(address);
    this.#endingAt.delete(address + bytes);
    const same = this.#bySize.get(bytes)!;
    same.delete(address);
    if (same.size > 0) return;
    this.#bySize.delete(bytes);
    this.#sizes.splice(this.#place(bytes), 1);
  }

  /** Where `bytes` stands, or would stand, in #sizes. */
  #place(bytes: number): number {
    let [low, high] = [0, this.#sizes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sizes[middle] < bytes) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const slabBytes = (size: number): number => Math.ceil(Math.max(PER_SLAB * size, 32 * 1024) / UNIT) * UNIT;
