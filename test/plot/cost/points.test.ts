import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { predictedMeasured, roofline } from "../../../lib/plot/index.js";
import { read } from "../read.js";

const positive = fc.double({ min: 1e-2, max: 1e6, noNaN: true });

describe("predictedMeasured", () => {
  test("counts what is near and what is above, whatever the rows", () => {
    const row = fc.record({ predicted: positive, measured: positive });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (rows) => {
        const { facts, description } = predictedMeasured(rows);
        const ratios = rows.map(({ predicted, measured }) => measured / predicted);
        const near = ratios.filter((ratio) => ratio >= 0.35 && ratio <= 1 + 1e-9).length;
        const above = ratios.filter((ratio) => ratio > 1 + 1e-9).length;
        expect(facts).toEqual({ measurements: rows.length, near, above, left: 0, least: Math.min(...ratios), most: Math.max(...ratios) });
        expect(description).toMatch(new RegExp(`^${near} of ${rows.length} measurements are 0.35 to 1 times the prediction, `));
        expect(description.includes("none above")).toBe(above === 0);
      }),
      { numRuns: 40 },
    ); // prettier-ignore
  });

  test("draws a dot a measurement, those above the prediction in the color of alarm, and counts what it leaves out", () => {
    const figure = predictedMeasured([
      { predicted: 10, measured: 12, low: 11, high: 13 },
      { predicted: 10, measured: 3 },
      { predicted: 10, measured: NaN },
    ]);
    const { all, texts } = read(figure);
    expect(all("circle").filter((dot) => dot.getAttribute("fill")?.includes("alarm"))).toHaveLength(1);
    expect(all('[data-mark="dot"] circle')).toHaveLength(2);
    expect(texts.join(" ")).toContain("1 of 3 rows not drawn");
    expect(figure.description).toContain("above the prediction: a measurement 1.2");
  });

  test("draws those that refute a prediction before others, where not all are drawn", () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => ({
      predicted: 10 + i,
      measured: (10 + i) * (i % 1000 === 0 ? 2 : 0.5),
    }));
    const { all } = read(predictedMeasured(rows)); // prettier-ignore
    expect(all("circle").filter((dot) => dot.getAttribute("fill")?.includes("alarm"))).toHaveLength(10);
  });
});

describe("roofline", () => {
  const device = { peak: 1000, bandwidth: 10 }; // knee at 100

  test("puts each point on the side of the knee where its intensity is", () => {
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1, maxLength: 20 }), (intensities) => {
        const { facts } = roofline(intensities.map((intensity) => ({ by: "a", intensity })), device); // prettier-ignore
        const memory = intensities.filter((intensity) => intensity < 100).length;
        expect(facts).toMatchObject({ memory, compute: intensities.length - memory, above: 0 });
      }),
      { numRuns: 40 },
    );
  });

  test("says in its title what limits what", () => {
    const title = (rows: Parameters<typeof roofline>[0]) => roofline(rows, device).description.split(":")[0];
    const [slow, fast] = [{ by: "decode", intensity: 2 }, { by: "prefill", intensity: 500 }]; // prettier-ignore
    expect(title([slow, fast])).toBe("Memory limits decode, computing limits prefill");
    expect(title([slow])).toBe("Memory limits decode, the knee is at 100 FLOP per byte");
    expect(title([fast])).toBe("Computing limits prefill, the knee is at 100 FLOP per byte");
    expect(title([slow, { by: "decode", intensity: 200 }])).toBe(
      "Memory limits 1 of 2 points, the knee is at 100 FLOP per byte",
    );
    expect(title([])).toBe("The device computes at its peak from 100 FLOP per byte on");
  });

  test("says how much of the bound was reached, and marks what is above it", () => {
    const figure = roofline(
      [
        { by: "decode", intensity: 2, measured: 10 },
        { by: "router", intensity: 2, measured: 40 },
      ],
      device,
    );
    expect(figure.description).toContain(
      "decode: 2 FLOP per byte, at most 20 FLOP/s by memory, 10 FLOP/s measured, 0.5 of the bound",
    );
    expect(figure.description).toContain("2 of the bound: above it");
    expect(read(figure).all("circle").some((dot) => dot.getAttribute("fill")?.includes("alarm"))).toBe(true); // prettier-ignore
  });

  test("takes several devices, each row on its own, and the peak of a format", () => {
    const devices = [
      { name: "A", peak: { float32: 10, bfloat16: 1000 }, bandwidth: 10 },
      { name: "B", peak: 100, bandwidth: 10 },
    ];
    const rows = ["A", "B"].map((name) => ({ by: name, intensity: 50, device: name }));
    expect(roofline(rows, { devices }).facts).toMatchObject({ memory: 1, compute: 1, roofs: [{ knee: 100 }, { knee: 10 }] });
    expect(roofline(rows, { devices, format: "float32" }).facts).toMatchObject({ roofs: [{ knee: 1 }, { knee: 10 }] });
    expect(() => roofline(rows, { devices, format: "fp4" })).toThrow("roofline needs a format in which A computes, one of float32, bfloat16");
    expect(() => roofline(rows, { devices: [devices[0]] })).toThrow('roofline needs a device of that name for each row, row 1 has "B"');
    expect(() => roofline([], {})).toThrow("roofline needs peak");
    expect(() => roofline([], { peak: 0, bandwidth: 1 })).toThrow("above 0");
    expect(() => roofline([], { devices: [] })).toThrow("roofline needs 1 to 6 devices, got 0");
  }); // prettier-ignore
});
