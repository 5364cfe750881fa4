import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Allocator, sizeClass } from "../../lib/kernels/allocator.js";

const START = 3 * 2 ** 20;
const END = 64 * 2 ** 20;
const make = () => new Allocator(START, (end) => end <= END);

/** Sizes from a few bytes to megabytes, as tensors have them. */
const size = fc.oneof(
  fc.integer({ min: 0, max: 2000 }),
  fc.integer({ min: 2000, max: 60_000 }),
  fc.integer({ min: 30_000, max: 12 * 2 ** 20 }),
);
/** What to do next: allocate so many bytes, or free the block at this share of those that live. */
const step = fc.oneof(
  size.map((bytes) => ({ bytes })),
  fc.double({ min: 0, max: 0.999, noNaN: true }).map((at) => ({ at })),
);

describe("the allocator", () => {
  it("never gives out what is in use, and joins all that is freed", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const allocator = make();
        const live: { address: number; bytes: number }[] = [];
        for (const next of steps) {
          if ("bytes" in next) {
            const bytes = sizeClass(next.bytes);
            const address = allocator.allocate(bytes);
            if (address === null) {
              expect(allocator.room(END).largest).toBeLessThan(Math.max(bytes, 8 * Math.min(bytes, 32 * 1024)));
              continue;
            }
            expect(address % 64).toBe(0);
            expect(address).toBeGreaterThanOrEqual(START);
            expect(address + bytes).toBeLessThanOrEqual(END);
            for (const other of live)
              if (address < other.address + other.bytes && other.address < address + bytes)
                expect.fail(`${bytes} bytes at ${address} overlap ${other.bytes} at ${other.address}`);
            live.push({ address, bytes });
          } else if (live.length > 0) {
            const [{ address, bytes }] = live.splice(Math.floor(next.at * live.length), 1);
            allocator.free(address, bytes);
          }
          const used = live.reduce((sum, { bytes }) => sum + bytes, 0);
          expect(allocator.room(END).free).toBeLessThanOrEqual(END - START - used);
        }
        for (const { address, bytes } of live) allocator.free(address, bytes);
        // All but a slab for each small size that is kept.
        const { free } = allocator.room(END);
        expect(free).toBeGreaterThan(END - START - 4 * 2 ** 20);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it.each([256, 4096, 30_000, 70_000, 2 ** 20, 5 * 2 ** 20])(
    "blocks of %i bytes that were freed in any order make room for one as large as all of them",
    (each) => {
      const bytes = sizeClass(each);
      for (const order of ["first", "last", "odd"]) {
        const allocator = make();
        const addresses: number[] = [];
        for (let a = allocator.allocate(bytes); a !== null; a = allocator.allocate(bytes)) addresses.push(a);
        expect(addresses.length * bytes).toBeGreaterThan((END - START) * 0.7);
        if (order === "last") addresses.reverse();
        if (order === "odd") addresses.sort((a, b) => ((a / 64) % 2) - ((b / 64) % 2));
        for (const address of addresses) allocator.free(address, bytes);
        expect(allocator.allocate(sizeClass(48 * 2 ** 20))).not.toBeNull();
      }
    },
  );

  it("takes the smallest gap that is large enough, so that large ones last", () => {
    const allocator = make();
    const MIB = 2 ** 20;
    const [a, , b] = [8, 1, 2, 1].map((n) => allocator.allocate(n * MIB)!);
    allocator.free(a, 8 * MIB);
    allocator.free(b, 2 * MIB);
    expect(allocator.allocate(MIB)).toBe(b);
    expect(allocator.allocate(MIB)).toBe(b + MIB);
    expect(allocator.allocate(8 * MIB)).toBe(a);
  });
});
