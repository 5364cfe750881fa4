import { describe, expect, test } from "vitest";
import { account, bytesForUsers, DTYPES, findModel, weightBytes } from "../../../lib/account/index.js";
import { bound, compareWithWorld, coverageRows, findDevice, speedRows, stepBytes } from "../../../lib/cost/index.js";
import { allToAll, deviceLoads, overloadOf, placeExperts, placeReplicas } from "../../../lib/parallel/index.js";
import * as plot from "../../../lib/plot/index.js";
import { percent } from "../../../lib/text/numbers.js";
import { read } from "../read.js";

// Rows that the package itself returns, as they are.

const mixtral = account(findModel("Mixtral-8x7B")!.config!);
const titleOf = (figure: plot.Figure) => read(figure).texts.find((text) => figure.description.startsWith(text ?? " "));

describe("rows of the package go in without mapping", () => {
  test("bounds, into roofline: reading limits decode, computing prefill", () => {
    const rows = [1, 16, 256].map((batch) => ({
      batch,
      ...bound(mixtral, "H100-SXM", { phase: "decode", context: 512, batch }),
    }));
    const prefill = { batch: 1, ...bound(mixtral, "H100-SXM", { phase: "prefill", context: 4096 }) };
    const figure = plot.roofline([...rows, prefill], {
      by: "phase",
      name: ({ batch }) => `batch ${batch}`,
      intensity: ({ flops, bytes }) => flops / bytes.total,
      devices: [findDevice("H100-SXM")!],
    });
    expect(figure.facts).toMatchObject({ memory: 3, compute: 1, above: 0, left: 0 });
    expect(figure.description).toContain("Memory limits decode, computing limits prefill on H100-SXM");
    // Which side of the knee a step is on is which limit bounds it.
    for (const step of [...rows, prefill])
      expect(step.bound).toBe(step.flops / step.bytes.total < 989e12 / 3.35e12 ? "memory" : "compute");
  });

  test("coverage of a trace, with the line by chance", () => {
    const trace = {
      nExpert: 4,
      chosen: [
        [[[0]], [[0]]],
        [[[0]], [[3]]],
      ],
    };
    const figure = plot.coverageChart(coverageRows(trace, { batches: [1, 2] }), {
      ...{ experts: "touched", by: "tokens", nExpert: 4, topK: 1 },
    });
    expect(figure.facts).toMatchObject({
      ends: { decode: { batch: 2, value: 1.5 }, consecutive: { batch: 2, value: 1.5 } },
      chance: { batch: 2, value: 1.75 },
    });
  });

  test("bytes of steps", () => {
    const steps = [1, 8, 64].map((batch) => ({
      batch,
      ...stepBytes(mixtral, { phase: "decode", context: 1000, batch }),
    }));
    const [{ first, last }] = plot.bytesByBatch(steps).facts as [{ first: { total: number }; last: { total: number } }];
    expect([first.total, last.total]).toEqual([steps[0].total, steps[2].total]);
    expect(read(plot.bytesByBatch(steps)).all("rect title")).toHaveLength(9);
  });

  test("the measurements of others: none is above its bound", () => {
    const compared = compareWithWorld();
    const figure = plot.predictedMeasured(compared, {
      by: ({ by }) => `limited by ${by}`,
      name: ({ measurement }) => measurement.model,
      predicted: "bound",
      measured: ({ measurement }) => measurement.tokensPerSecond,
    });
    const near = compared.filter(({ ratio }) => ratio >= 0.35).length;
    expect(figure.facts).toMatchObject({ measurements: compared.length, above: 0, near, left: 0 });
    expect(titleOf(figure)).toBeDefined();
  });

  test("a machine measured beside its bounds, colored by what limits it", () => {
    const rows = [
      { model: "MoE", phase: "decode", batch: 1, predicted: 100, measured: 60, ratio: 0.6, by: "memory" },
      { model: "MoE", phase: "prefill", batch: 1, predicted: 900, measured: 300, ratio: 1 / 3, by: "compute" },
    ];
    const figure = plot.predictedMeasured(rows, { name: ({ phase, batch }) => `${phase}, batch ${batch}` });
    expect(figure.facts).toMatchObject({ measurements: 2, near: 1, above: 0 });
    expect(read(figure).texts).toEqual(expect.arrayContaining(["memory", "compute", "decode, batch 1"]));
  });

  test("speeds of a mixture and its dense twins", () => {
    const rows = speedRows(mixtral, "H100-SXM", { context: 256 });
    const figure = plot.crossings(rows, { by: "model", value: "tokensPerSecond" });
    expect(figure.facts).toEqual({ crossings: [], lines: 3, left: 0 });
    expect(figure.description).toContain("MoE is never below dense, equal total");
  });

  test("bytes by format", () => {
    const rows = DTYPES.map((dtype) => ({ by: "Mixtral-8x7B", dtype, bytes: weightBytes(mixtral, dtype) }));
    const figure = plot.memoryByDtype(rows, { references: [{ value: 80e9, label: "H100" }] });
    const fit = rows.filter(({ bytes }) => bytes <= 80e9).length;
    expect(figure.description).toMatch(new RegExp(`^Mixtral-8x7B: ${fit} of ${DTYPES.length} formats fit H100`));
  });

  test("bytes for users", () => {
    const [row] = bytesForUsers(mixtral, [1000], { rank: 8 });
    const figure = plot.copiesAdapters([row]);
    expect(figure.facts).toMatchObject({ "a copy each": { users: 1000, bytes: row.copies } });
  });

  test("a placement with replicas, and its all-to-all", () => {
    const load = [400, 100, 100, 200];
    const placement = placeReplicas(load, { slots: 6, devices: 2 });
    const replicas = (expert: number) => placement.slots.flat().filter((own) => own === expert).length;
    const rows = placement.slots.flatMap((own, device) =>
      own.map((expert) => ({ device, expert, load: load[expert] / replicas(expert) })),
    );
    const facts = plot.placementChart(rows).facts as { overload: number };
    expect(facts.overload).toBeCloseTo(overloadOf(deviceLoads(load, placement)), 12);

    const sent = allToAll([[0, 3], [1, 2], [2, 3], [0, 1]], placeExperts(4, { devices: 2 }), { dModel: 16 }); // prettier-ignore
    const figure = plot.allToAllChart(sent.rows, { unit: "number" });
    expect(figure.facts).toMatchObject({ sent: sent.within + sent.across, stay: sent.stay });
    expect(figure.description).toContain(
      `${percent(sent.leaveDevice)} of ${sent.stay + sent.within + sent.across} leave`,
    );
  });
});
