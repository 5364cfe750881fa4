import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allToAllChart, bytesByBatch, type Figure, memoryByDtype, placementChart } from "../../../lib/plot/index.js";
import { digits, inBytes, percent } from "../../../lib/text/numbers.js";
import { read } from "../read.js";

const size = fc.integer({ min: 0, max: 1e12 });
const attribute = (element: Element, name: string) => Number(element.getAttribute(name));
const tips = (figure: Figure) => read(figure).all("rect").filter((rect) => rect.querySelector("title")); // prettier-ignore

describe("bytesByBatch", () => {
  test("makes each piece as high as its bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(size, size, size), { minLength: 1, maxLength: 10 }), (all) => {
        const rows = all.map(([dense, experts, cache], i) => ({ batch: i + 1, dense, experts, cache }));
        const figure = bytesByBatch(rows);
        const most = Math.max(...all.map((own) => own[0] + own[1] + own[2]));
        const heights = new Map<string, number>();
        for (const rect of tips(figure)) {
          const [batch] = rect.querySelector("title")!.textContent.split(":");
          heights.set(batch, (heights.get(batch) ?? 0) + attribute(rect, "height"));
        }
        const tallest = Math.max(0, ...heights.values());
        rows.forEach(({ batch, dense, experts, cache }) => {
          const expected = most > 0 ? ((dense + experts + cache) / most) * tallest : 0;
          expect(Math.abs((heights.get(`batch ${batch}`) ?? 0) - expected)).toBeLessThan(0.1);
        });
      }),
      { numRuns: 30 },
    );
  });

  test("says how bytes grow with the batch", () => {
    const grown = [{ batch: 2, dense: 1e9 }, { batch: 16, dense: 1e9, experts: 2e9 }]; // prettier-ignore
    expect(bytesByBatch(grown).description).toMatch(/^8 times the batch moves 3 times the bytes: /);
    const two = grown.flatMap((row) => [
      { ...row, by: "MoE" },
      { batch: row.batch, dense: 1e9, by: "dense" },
    ]);
    expect(bytesByBatch(two).description).toMatch(
      /^8 times the batch moves 3 times the bytes with MoE, 1 times with dense: /,
    );
    expect(bytesByBatch([grown[1]]).description).toMatch(/^A step of batch 16 moves 3 GB, 66.7 % of them of experts: /);
  });

  test("shows four pictures, 24 batches of each, and says so", () => {
    const rows = Array.from({ length: 600 }, (_, i) => ({ by: i % 6, batch: 1 + Math.floor(i / 6), dense: 1 }));
    const figure = read(bytesByBatch(rows));
    expect(figure.all("g.panel")).toHaveLength(4);
    expect(figure.all("g.panel rect")).toHaveLength(96);
    expect(figure.texts.join(" ")).toContain("the first 4 of 6: 2 others not drawn");
    expect(figure.texts.join(" ")).toContain("at most 24 batches of each");
  });
});

describe("memoryByDtype", () => {
  test("names beside each bar the smallest memory that holds it, and counts in its title", () => {
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 12 }), fc.uniqueArray(size, { minLength: 1, maxLength: 4 }), (all, cards) => {
        const references = cards.map((value, i) => ({ value, label: `card ${i}` }));
        const figure = memoryByDtype(all.map((bytes, i) => ({ dtype: `d${i}`, bytes })), { references });
        const holding = (bytes: number) => references.filter(({ value }) => value >= bytes).sort((a, b) => a.value - b.value)[0];
        expect((figure.facts as { fits: string | null }[]).map(({ fits }) => fits)).toEqual(all.map((bytes) => holding(bytes)?.label ?? null));
        const sorted = [...references].sort((a, b) => a.value - b.value);
        const count = (value: number) => all.filter((bytes) => bytes <= value).length;
        const first = sorted.find(({ value }) => count(value) > 0);
        if (first) expect(figure.description).toMatch(new RegExp(`^${count(first.value)} of ${all.length} formats fits? ${first.label}`));
        else expect(figure.description).toMatch(/^None of/);
      }),
      { numRuns: 40 },
    ); // prettier-ignore
  });

  test("leaves out references that would squeeze the bars, and says which", () => {
    const references = [24e9, 80e9, 640e9].map((value) => ({ value, label: `of ${inBytes(value)}` }));
    const figure = read(memoryByDtype([{ dtype: "int8", bytes: 47e9 }], { references }));
    expect(figure.all("path.reference")).toHaveLength(2);
    expect(figure.texts.join(" ")).toContain("also compared with: of 640 GB 640 GB");
  });

  test("adds up rows of one model and format, and shows 40 bars at most", () => {
    const both = memoryByDtype([{ dtype: "int8", bytes: 1e9 }, { dtype: "int8", bytes: 2e9 }]); // prettier-ignore
    expect(both.description).toBe("3 GB in int8: int8 3 GB.");
    const many = read(memoryByDtype(Array.from({ length: 99 }, (_, i) => ({ dtype: `d${i}`, bytes: i }))));
    expect(many.all("rect title")).toHaveLength(40);
    expect(many.texts.join(" ")).toContain("the first 40 of 99: 59 others not drawn");
  });
});

describe("placementChart", () => {
  const load = fc.integer({ min: 0, max: 1000 });

  test("makes each expert as wide as its load, and names the busiest device", () => {
    fc.assert(
      fc.property(fc.array(load, { minLength: 2, maxLength: 30 }), fc.integer({ min: 2, max: 6 }), (loads, N) => {
        const rows = loads.map((own, expert) => ({ device: expert % N, expert, load: own }));
        const figure = placementChart(rows, { nDevice: N });
        const of = (device: number) => rows.filter((row) => row.device === device).reduce((sum, row) => sum + row.load, 0);
        const all = Array.from({ length: N }, (_, device) => of(device));
        const [most, mean] = [Math.max(...all), all.reduce((a, b) => a + b) / N];
        expect((figure.facts as { overload: number }).overload).toBeCloseTo(mean > 0 ? most / mean : 1, 9);
        if (mean > 0 && most > mean * 1.001)
          expect(figure.description).toContain(`Device ${all.indexOf(most)} has ${digits(most / mean, 3)} times the mean load: ${percent(1 - mean / most)} of`);
        const boxes = tips(figure);
        const widest = boxes.reduce((a, box) => Math.max(a, attribute(box, "width")), 0);
        const heaviest = Math.max(...loads);
        boxes.forEach((box, i) => {
          const expert = Number(/expert (\d+)/.exec(box.querySelector("title")!.textContent)![1]);
          if (heaviest > 0) expect(Math.abs(attribute(box, "width") - (loads[expert] / heaviest) * widest), String(i)).toBeLessThan(0.05);
        });
      }),
      { numRuns: 40 },
    ); // prettier-ignore
  });

  test("gives experts on several devices another color, and says on which", () => {
    const figure = placementChart([{ device: 0, expert: 7, load: 1 }, { device: 3, expert: 7, load: 1 }]); // prettier-ignore
    expect(tips(figure).map((box) => box.querySelector("title")!.textContent)).toEqual([
      "expert 7 on device 0: 1, also on 3",
      "expert 7 on device 3: 1, also on 0",
    ]);
    expect(read(figure).texts).toContain("on several");
    expect(figure.facts).toMatchObject({ nDevice: 4, replicated: 1, overload: 2 });
  });

  test("of more than 40 devices shows the 24 busiest, and of many experts the largest", () => {
    const rows = Array.from({ length: 10_000 }, (_, expert) => ({
      device: expert % 256,
      expert: expert % 9999,
      load: 1 + (expert % 17),
    }));
    const figure = placementChart(rows);
    const { texts, all } = read(figure); // prettier-ignore
    expect(texts.filter((text) => /^device \d+$/.test(text ?? ""))).toHaveLength(24);
    expect(texts.join(" ")).toContain("and 232 others, ");
    expect(all("rect").length).toBeLessThan(700);
  });
});

describe("allToAllChart", () => {
  test("sums what leaves, what stays and what crosses machines", () => {
    const N = 4;
    const matrix = fc.array(fc.array(fc.nat(1000), { minLength: N, maxLength: N }), { minLength: N, maxLength: N });
    fc.assert(
      fc.property(matrix, (sent) => {
        const all = sent.flatMap((row, from) => row.map((bytes, to) => ({ from, to, bytes })));
        const sum = (rows: typeof all) => rows.reduce((total, { bytes }) => total + bytes, 0);
        const away = sum(all.filter(({ from, to }) => from !== to));
        const far = sum(all.filter(({ from, to }) => from >> 1 !== to >> 1));
        const figure = allToAllChart(sent, { machines: 2, unit: "number" });
        expect(figure.facts).toMatchObject({ sent: away, across: far, stay: sum(all) - away });
        expect(allToAllChart(all, { machines: 2, unit: "number" }).svg()).toBe(figure.svg());
        if (away > 0) expect(figure.description).toContain(`${percent(away / sum(all))} of `);
        if (away > 0) expect(figure.description).toContain(`, ${percent(far / sum(all))} their machine`);
      }),
      { numRuns: 30 },
    );
  });

  test("leaves what stays blank, and has it as a tooltip", () => {
    const figure = read(allToAllChart([[5e6, 1e6], [2e6, 0]])); // prettier-ignore
    expect(figure.all("g.stays title").map((title) => title.textContent)).toEqual([
      "device 0 keeps 5 MB",
      "device 1 keeps 0 B",
    ]);
    expect(figure.texts).toContain("2 MB"); // beside the second row
  });

  test("refuses matrices that are not square, and machines that cannot share devices", () => {
    expect(() => allToAllChart([[1, 2]])).toThrow("allToAllChart needs as many columns as rows, 1, got a list of 2");
    expect(() => allToAllChart([[1]], { machines: 2 })).toThrow("2 cannot share 1");
    expect(() => allToAllChart([{ from: 1025, to: 0, bytes: 1 }])).toThrow("allToAllChart has room for 1024 devices");
    expect(() => allToAllChart([[-1]])).toThrow("allToAllChart needs a number from 0 as 'bytes', row 0 has -1");
  });
});
