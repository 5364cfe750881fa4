import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placesTouched } from "../../lib/cost/index.js";
import { Generator } from "../../lib/index.js";
import { allToAll, type Copies, machineOf, placeExperts, placeReplicas } from "../../lib/parallel/index.js";

/** T tokens that choose k of E experts by chance. */
function byChance(T: number, E: number, k: number, seed = 1): number[][] {
  const rng = new Generator(seed);
  return Array.from({ length: T }, () => {
    const all = Array.from({ length: E }, (_, e) => e);
    return Array.from({ length: k }, (_, i) => {
      const pick = i + Math.floor(rng.uniform() * (E - i));
      [all[i], all[pick]] = [all[pick], all[i]];
      return all[i];
    });
  });
}
const dModel = 16;
const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

const anyCase = fc.record({
  E: fc.integer({ min: 1, max: 24 }),
  T: fc.integer({ min: 0, max: 40 }),
  machines: fc.integer({ min: 1, max: 4 }),
  perMachine: fc.integer({ min: 1, max: 4 }),
  k: fc.integer({ min: 1, max: 6 }),
  seed: fc.nat(),
});
type Case = typeof anyCase extends fc.Arbitrary<infer C> ? C : never;
const cluster = ({ machines, perMachine }: Case) => ({ devices: machines * perMachine, machines });
const chosenIn = ({ T, E, k, seed }: Case) => byChance(T, E, Math.min(k, E), seed);

describe("what a layer sends", () => {
  it("adds up: every choice is computed once, every copy stays, goes within or across, and takes its bytes both ways", () => {
    fc.assert(
      fc.property(anyCase, fc.constantFrom<Copies>("expert", "device", "machine"), (given, copies) => {
        const chosen = chosenIn(given);
        const placement = placeExperts(given.E, cluster(given));
        const sent = allToAll(chosen, placement, { dModel, copies, dispatchBytes: 1, combineBytes: 2 });
        expect(sum(sent.load)).toBe(chosen.flat().length);
        const { stay, within, across, rows, bytes, busiest } = sent;
        expect(sum(rows.flat())).toBe(stay + within + across);
        expect(sum(rows.map((row, i) => row[i]))).toBe(stay);
        if (copies === "expert") expect(stay + within + across).toBe(chosen.flat().length);
        expect(bytes).toEqual({ within: within * 48, across: across * 48, total: (within + across) * 48 });
        expect(busiest.within).toBeGreaterThanOrEqual(within / rows.length);
        expect(busiest.across).toBeGreaterThanOrEqual(across / rows.length);
        if (given.machines === 1) expect(across).toBe(0);
        if (given.perMachine === 1) expect(within).toBe(0);
        const mean = sum(sent.load) / rows.length;
        expect(sent.waiting).toBeCloseTo(mean === 0 ? 0 : 1 - mean / Math.max(...sent.load), 9);
      }),
      { numRuns: 150 },
    );
  });

  it("a copy a device is never more than one a choice, and of machines visited each gets one", () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const chosen = chosenIn(given);
        const placement = placeExperts(given.E, cluster(given));
        const [expert, device, machine] = (["expert", "device", "machine"] as const).map((copies) =>
          allToAll(chosen, placement, { dModel, copies }),
        );
        expect(device.within + device.across).toBeLessThanOrEqual(expert.within + expert.across);
        expect(machine.across).toBeLessThanOrEqual(device.across);
        expect([device.load, machine.load]).toEqual([expert.load, expert.load]);
        const home = (n: number) => machineOf(placement, Math.floor((n * placement.slots.length) / given.T));
        const owner = (e: number) => placement.slots.findIndex((own) => own.includes(e));
        const away = chosen.map((experts, n) => {
          const visited = new Set(experts.map((e) => machineOf(placement, owner(e))));
          visited.delete(home(n));
          return visited.size;
        });
        expect(machine.across).toBe(sum(away));
      }),
      { numRuns: 100 },
    );
  });

  it("on one device nothing leaves; with no tokens nothing happens; more devices than experts leave some idle", () => {
    const chosen = byChance(9, 8, 2);
    const one = allToAll(chosen, placeExperts(8, { devices: 1 }), { dModel });
    expect(one).toMatchObject({ load: [18], overload: 1, waiting: 0, leaveDevice: 0, leaveMachine: 0 });
    expect(one.bytes.total).toBe(0);
    const none = allToAll([], placeExperts(8, { devices: 4 }), { dModel });
    expect(none).toMatchObject({ nToken: 0, overload: 1, leaveDevice: 0, bytes: { total: 0 } });
    const many = allToAll(chosen, placeExperts(8, { devices: 32 }), { dModel });
    expect(many.load.filter((rows) => rows > 0).length).toBeLessThanOrEqual(8);
    expect(many.overload).toBeGreaterThanOrEqual(4);
  });

  it("if every expert is wanted from every device alike, 1 - 1/N of the rows leave, and 1 - 1/M their machine", () => {
    const [E, N, M] = [16, 8, 4];
    const chosen = Array.from({ length: N * E }, (_, n) => [n % E]);
    const sent = allToAll(chosen, placeExperts(E, { devices: N, machines: M }), { dModel, copies: "expert" });
    expect(sent.leaveDevice).toBe(1 - 1 / N);
    expect(sent.leaveMachine).toBe(1 - 1 / M);
    expect(sent.overload).toBe(1);
  });

  it("by chance, a token touches as many devices and machines as placesTouched says", () => {
    const [T, E, k] = [4000, 64, 8];
    const placement = placeExperts(E, { devices: 16, machines: 4 });
    const chosen = byChance(T, E, k);
    const device = allToAll(chosen, placement, { dModel });
    expect((device.stay + device.within + device.across) / T / placesTouched(E, k, 16)).toBeCloseTo(1, 2);
    expect(device.leaveDevice).toBeCloseTo(1 - 1 / 16, 2);
    const machine = allToAll(chosen, placement, { dModel, copies: "machine" });
    expect(machine.across / T / (placesTouched(E, k, 4) * (1 - 1 / 4))).toBeCloseTo(1, 2);
    expect(machine.within / T / (placesTouched(E, k, 16) * (1 - 1 / 4))).toBeCloseTo(1, 2);
    expect(placesTouched(256, 8, 256)).toBeCloseTo(8, 9);
    expect(placesTouched(256, 8, 1)).toBe(1);
    expect(placesTouched(4, 2, 8)).toBeCloseTo(2, 9); // more devices than experts
  });

  it("replicas of a hot expert share its rows, and all wait less", () => {
    const chosen = [...byChance(60, 8, 1), ...Array.from({ length: 60 }, () => [3])];
    const load = Array.from({ length: 8 }, (_, e) => chosen.flat().filter((own) => own === e).length);
    const plain = allToAll(chosen, placeExperts(8, { devices: 4 }), { dModel });
    const placed = placeReplicas(load, { slots: 12, devices: 4 });
    const spread = allToAll(chosen, placed, { dModel });
    expect(spread.overload).toBeLessThan(plain.overload);
    expect(spread.waiting).toBeLessThan(plain.waiting);
    expect(sum(spread.load)).toBe(120);
  });

  it("DeepEP's published latencies and bandwidths are of these bytes: 128 tokens, 8 of 256 experts, FP8 there and BF16 back", () => {
    // First README of https://github.com/deepseek-ai/DeepEP, low-latency kernels, which send a copy a choice: #EP, us and GB/s of
    // dispatch and of combine. FP8 has a float32 scale for each 128 numbers.
    const published = [
      [8, 163, 46, 318, 46],
      [16, 173, 43, 329, 44],
      [32, 182, 41, 350, 41],
      [64, 186, 40, 353, 41],
      [128, 192, 39, 369, 39],
      [256, 194, 39, 360, 40],
    ];
    for (const [N, dispatchTime, dispatchSpeed, combineTime, combineSpeed] of published) {
      const placement = placeExperts(256, { devices: N });
      const chosen = Array.from({ length: 128 * N }, (_, n) => Array.from({ length: 8 }, (_, i) => (n + 32 * i) % 256));
      const { stay, within } = allToAll(chosen, placement, { dModel: 7168, copies: "expert" });
      const rowsOfOne = (stay + within) / N; // they count what stays, too
      expect((rowsOfOne * 7168 * (1 + 4 / 128)) / (dispatchTime * 1e-6) / 1e9 / dispatchSpeed).toBeCloseTo(1, 1.3);
      expect((rowsOfOne * 7168 * 2) / (combineTime * 1e-6) / 1e9 / combineSpeed).toBeCloseTo(1, 1.3);
    }
  });

  it.each([
    [{ dModel: 0 }, "allToAll: dModel must be an integer from 1, got 0"],
    [{ dModel, dispatchBytes: 0 }, "allToAll: dispatchBytes must be a number above 0, got 0"],
    [{ dModel, copies: "all" as Copies }, "allToAll: copies must be one of expert, device, machine"],
    [{ dModel, homes: [0] }, "allToAll: homes must name a device for each of 2 tokens, got 1"],
    [{ dModel, homes: [0, 2] }, "allToAll: the home of token 1 must be an integer from 0 to below 2, got 2"],
  ])("%#: what makes no sense is refused in one sentence", (options, sentence) => {
    expect(() => allToAll([[0], [1]], placeExperts(2, { devices: 2 }), options)).toThrow(sentence);
  });

  it("an expert that is not placed is refused with its token", () => {
    expect(() => allToAll([[0], [2]], placeExperts(2, { devices: 2 }), { dModel })).toThrow(
      "allToAll: token 1 must choose experts from 0 to below 2, got 2",
    );
  });
});
