import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { account, findModel } from "../../lib/account/index.js";
import { placesTouched } from "../../lib/cost/index.js";
import { Generator, randn, softmax } from "../../lib/index.js";
import {
  allToAll,
  machineLimits,
  placeExperts,
  projectExperts,
  type ProjectOptions,
} from "../../lib/parallel/index.js";

const deepseek = account(findModel("DeepSeek-V3")!.config!);
/** Eight machines of DeepSeek's: InfiniBand 50 GB/s, NVLink 160 GB/s (DeepSeek-V3, §3.2.2). */
const cluster = { machines: 8, devicesPerMachine: 8, network: 50e9, link: 160e9, tokens: 4096 };
const project = (more: Partial<ProjectOptions> = {}) => projectExperts(deepseek, "H100", { ...cluster, ...more });

describe("a layer on a cluster on paper", () => {
  it("DeepSeek-V3: 3.2 experts on each of 4 machines keep both links busy for the same time", () => {
    const within = (4 * 3.2) / 160e9; // rows of a token over the speed, as the report counts
    const across = 4 / 50e9;
    expect(within).toBeCloseTo(across, 20);
    // Of 8 experts on at most 4 machines InfiniBand is what a layer waits for.
    const { within: nvlink, across: infiniband, network } = project({ machineLimit: 4 });
    expect(network).toBe(infiniband);
    expect(nvlink).toBeLessThan(infiniband);
  });

  it("a limit of 4 of 8 machines saves 31 % of the bytes across them", () => {
    const saved = 1 - project({ machineLimit: 4 }).across / project().across;
    expect(saved).toBeCloseTo(1 - placesTouched(128, 8, 4) / placesTouched(256, 8, 8), 12);
    expect(saved).toBeCloseTo(0.31, 2);
  });

  it("by hand: the rows, and 2 FLOPs for each parameter of 8 experts", () => {
    const { across, within, compute, memory, work, lost, seconds, overlapped } = project();
    const bytes = 7168 * (1 + 2); // FP8 there, bfloat16 back
    expect(across).toBeCloseTo((4096 * placesTouched(256, 8, 8) * (7 / 8) * bytes) / 50e9, 12);
    expect(within).toBeCloseTo((4096 * placesTouched(256, 8, 64) * (7 / 8) * bytes) / 160e9, 12);
    const expert = 3 * 7168 * 2048;
    expect(compute).toBeCloseTo((4096 * 8 * 2 * expert) / 1978.9e12, 9);
    expect(memory).toBeCloseTo((4 * expert) / 3.35e12, 6); // 256 / 64 experts of a byte a number, and their scales
    expect([work, lost]).toEqual([compute, 0]);
    expect(seconds).toBe(work + across);
    expect(overlapped).toBe(Math.max(work, across));
  });

  it("what was counted takes the place of chance: an uneven load makes all wait", () => {
    const N = 4;
    const placement = placeExperts(256, { devices: N, machines: 2 });
    const chosen = Array.from({ length: 64 }, (_, n) => Array.from({ length: 8 }, (_, i) => (n * 8 + i) % 64)); // all on device 0
    const counted = allToAll(chosen, placement, { dModel: 7168, copies: "machine" });
    expect(counted.overload).toBe(N);
    const small = { machines: 2, devicesPerMachine: 2, tokens: 8192 };
    const [even, uneven] = [project(small), project({ ...small, counted })];
    expect(uneven.work).toBeCloseTo(N * even.compute, 12);
    expect(uneven.lost).toBeCloseTo((N - 1) * even.compute, 12);
    // 32 of 64 tokens lie in the other machine; the door, device 0 or 1, gets half of them.
    expect(uneven.across).toBeCloseTo((16 * (8192 * N) * 7168 * 3) / 64 / 50e9, 12);
  });

  it("more tokens, slower links and more imbalance are never faster; one device sends nothing", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 4, 8),
        fc.constantFrom(1, 2, 8),
        fc.integer({ min: 1, max: 5000 }),
        (machines, devicesPerMachine, tokens) => {
          const given = { machines, devicesPerMachine, tokens };
          const one = project(given);
          expect(project({ ...given, tokens: tokens + 1 }).seconds).toBeGreaterThanOrEqual(one.seconds);
          expect(project({ ...given, network: 25e9 }).seconds).toBeGreaterThanOrEqual(one.seconds);
          expect(one.overlapped).toBeLessThanOrEqual(one.seconds);
          expect(one.within === 0).toBe(devicesPerMachine === 1);
          expect(one.across === 0).toBe(machines === 1);
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([
    [{ machines: 0 }, "projectExperts: machines must be an integer from 1"],
    [{ network: 0 }, "projectExperts: network must be a number above 0, got 0"],
    [{ machineLimit: 9 }, "projectExperts: machineLimit must be an integer from 1 to below 9, got 9"],
    [
      { machines: 64, machineLimit: 1 },
      "projectExperts: machineLimit 1 of 64 machines leaves fewer than 8 experts to a token",
    ],
    [
      { counted: allToAll([], placeExperts(4, { devices: 2 }), { dModel: 1 }) },
      "projectExperts: counted must be of 64 devices, got 2",
    ],
  ])("%#: what makes no sense is refused in one sentence", (more, sentence) => {
    expect(() => project(more)).toThrow(sentence);
  });

  it("a dense model has no experts to share", () => {
    const llama = account(findModel("Llama-2-7b")!.config!);
    expect(() => projectExperts(llama, "H100", cluster)).toThrow("must have experts");
  });
});

describe("a router that is told to visit few machines", () => {
  const [nToken, nExpert, topK] = [300, 64, 8];
  const scores = softmax(randn([nToken, nExpert], new Generator(3)), 1).toTypedArray();
  const placement = placeExperts(nExpert, { devices: 16, machines: 8 });
  const rows = machineLimits({ scores, nToken, nExpert }, placement, { topK, dModel: 16, copies: "machine" });

  it("sends less across machines the fewer it may visit, at a price in scores", () => {
    expect(rows.map(({ machines }) => machines)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (let i = 1; i < rows.length; i++) {
      expect(rows[i].across).toBeGreaterThanOrEqual(rows[i - 1].across);
      expect(rows[i].score).toBeGreaterThanOrEqual(rows[i - 1].score);
    }
    expect(rows[7]).toMatchObject({ across: 1, score: 1 });
    for (const { machines, sent } of rows) expect(sent.across).toBeLessThanOrEqual(nToken * machines);
    expect(rows[3].across).toBeLessThan(0.8);
    expect(rows[3].score).toBeGreaterThan(0.9);
  });

  it("needs each machine's experts to be neighbors", () => {
    const scored = { scores, nToken, nExpert };
    const mixed = { nExpert, slots: [placement.slots.flat().reverse(), []], machines: 2 };
    expect(() => machineLimits(scored, mixed, { topK, dModel: 16 })).toThrow(
      "machineLimits: each of 2 machines must hold 64 / 2 neighboring experts",
    );
  });
});
