import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deviceLoads, machineOf, overloadOf, placeExperts, placeReplicas } from "../../lib/parallel/index.js";

describe("DeepSeek's published example: 12 experts, 16 slots, 8 GPUs on 2 nodes, 4 groups", () => {
  // README of https://github.com/deepseek-ai/EPLB, read 2026-11-29: `weight`, and the printed phy2log, two slots a GPU.
  const weight = [
    [90, 132, 40, 61, 104, 165, 39, 4, 73, 56, 183, 86],
    [20, 107, 104, 64, 19, 197, 187, 157, 172, 86, 16, 27],
  ];
  const phy2log = [
    [5, 6, 5, 7, 8, 4, 3, 4, 10, 9, 10, 2, 0, 1, 11, 1],
    [7, 10, 6, 8, 6, 11, 8, 9, 2, 4, 5, 1, 5, 0, 3, 1],
  ];
  const options = { slots: 16, devices: 8, machines: 2, nGroup: 4 };

  it("gives their placement", () => {
    weight.forEach((load, layer) => {
      expect(placeReplicas(load, options).slots.flat()).toEqual(phy2log[layer]);
    });
  });

  it("leaves the busiest GPU of the first layer 1.208 times the mean; in order and without replicas, one of 6 has 1.56 times", () => {
    const [load] = weight;
    expect(overloadOf(deviceLoads(load, placeReplicas(load, options)))).toBeCloseTo(1.208, 3);
    expect(overloadOf(deviceLoads(load, placeExperts(12, { devices: 6 })))).toBeCloseTo(1.56, 2);
  });

  it("without groups, replicas may go anywhere, and the load is more even", () => {
    for (const load of weight) {
      const overload = (nGroup: number) => overloadOf(deviceLoads(load, placeReplicas(load, { ...options, nGroup })));
      expect(overload(3)).toBe(overload(1)); // 2 nodes do not divide 3 groups
      expect(overload(1)).toBeLessThan(overload(4));
    }
  });
});

describe("any placement", () => {
  const anyCluster = fc.record({
    machines: fc.integer({ min: 1, max: 4 }),
    perMachine: fc.integer({ min: 1, max: 4 }),
    groupsPerMachine: fc.integer({ min: 1, max: 3 }),
    groupSize: fc.integer({ min: 1, max: 4 }),
    more: fc.integer({ min: 0, max: 3 }),
    seed: fc.array(fc.nat(1000), { minLength: 48, maxLength: 48 }),
  });

  it("has every expert, as many slots on each device, and groups within one machine", () => {
    fc.assert(
      fc.property(anyCluster, ({ machines, perMachine, groupsPerMachine, groupSize, more, seed }) => {
        const devices = machines * perMachine;
        const nGroup = machines * groupsPerMachine;
        const load = seed.slice(0, nGroup * groupSize);
        const slots = (Math.ceil(load.length / devices) + more) * devices;
        const placement = placeReplicas(load, { slots, devices, machines, nGroup });
        expect(new Set(placement.slots.flat()).size).toBe(load.length);
        expect(placement.slots.every((own) => own.length === slots / devices)).toBe(true);
        const machinesOf = load.map(() => new Set<number>());
        placement.slots.forEach((own, device) => own.forEach((e) => machinesOf[e].add(machineOf(placement, device))));
        for (let e = 0; e < load.length; e++) {
          expect([...machinesOf[e]]).toHaveLength(1);
          expect(machinesOf[e]).toEqual(machinesOf[e - (e % groupSize)]);
        }
        const loads = deviceLoads(load, placement);
        const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
        expect(sum(loads)).toBeCloseTo(sum(load), 6);
        expect(overloadOf(loads)).toBeGreaterThanOrEqual(1);
        expect(overloadOf(loads)).toBeLessThanOrEqual(devices * (1 + 1e-12));
      }),
      { numRuns: 60 },
    );
  });

  it("in order: all experts once, on each device as many or one more, also where devices are many", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 40 }), (nExpert, devices) => {
        const { slots } = placeExperts(nExpert, { devices });
        expect(slots.flat()).toEqual(Array.from({ length: nExpert }, (_, e) => e));
        const sizes = slots.map((own) => own.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 50 },
    );
  });

  it("one hot expert on as many devices as there are: even, as no placement without replicas is", () => {
    const load = [8, 0, 0, 0];
    expect(overloadOf(deviceLoads(load, placeExperts(4, { devices: 4 })))).toBe(4);
    expect(overloadOf(deviceLoads(load, placeReplicas(load, { slots: 8, devices: 4 })))).toBeLessThan(2);
    expect(overloadOf(deviceLoads([0, 0], placeExperts(2, { devices: 2 })))).toBe(1);
  });

  it.each([
    [() => placeExperts(0, { devices: 1 }), "placeExperts: nExpert must be an integer from 1, got 0"],
    [
      () => placeExperts(8, { devices: 4, machines: 3 }),
      "placeExperts: each machine must have as many devices, but 3 machines cannot share 4",
    ],
    [() => placeReplicas([1, 2], { slots: 1, devices: 1 }), "placeReplicas: slots must be an integer from 2, got 1"],
    [
      () => placeReplicas([1, 2], { slots: 3, devices: 2 }),
      "placeReplicas: slots must be a multiple of the 2 devices, got 3",
    ],
    [
      () => placeReplicas([1, 2, 3], { slots: 4, devices: 2, nGroup: 2 }),
      "placeReplicas: nGroup must divide the 3 experts, got 2",
    ],
    [() => placeReplicas([1, -2], { slots: 2, devices: 2 }), "placeReplicas needs a load"],
    [
      () => deviceLoads([1, 2], { nExpert: 2, slots: [[0], [0]], machines: 1 }),
      "deviceLoads: the placement has no slot for expert 1 of 2; give it one",
    ],
    [
      () => deviceLoads([1], placeExperts(2, { devices: 1 })),
      "deviceLoads: the load is of 1 experts, but 2 are placed",
    ],
  ])("%#: what makes no sense is refused in one sentence", (run, sentence) => expect(run).toThrow(sentence));
});
