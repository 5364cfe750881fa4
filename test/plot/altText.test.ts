import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as plot from "../../lib/plot/index.js";
import { digits, grouped, inBytes, inWords, percent, short } from "../../lib/text/numbers.js";
import { read } from "./read.js";

// What a picture says in words (to those who don't see it) must be true of its rows: each number in it, and each step.

const step = fc.integer({ min: 0, max: 5000 });
const loss = fc.double({ min: 0.01, max: 12, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const model = fc.constantFrom("dense", "MoE", "other");
const many = <T>(of: fc.Arbitrary<T>, most = 12) => fc.array(of, { minLength: 1, maxLength: most });
const last = <T>(rows: readonly T[]): T => rows[rows.length - 1];
/** In the order of steps; of equal ones, the later row last. */
const inSteps = <T extends { step: number }>(rows: readonly T[]): T[] => [...rows].sort((a, b) => a.step - b.step);
const groups = <T>(rows: readonly T[], key: (row: T) => string): [string, T[]][] =>
  [...new Set(rows.map(key))].map((name) => [name, rows.filter((row) => key(row) === name)]);
const holds = <T>(rows: fc.Arbitrary<T>, check: (rows: T) => void) =>
  fc.assert(fc.property(rows, check), { numRuns: 60 });

describe("the alt text", () => {
  test("of lossChart names for each model its last validation, at the step where that was measured", () => {
    const row = fc.record({ by: model, loss, valLoss: fc.option(loss), gap: fc.integer({ min: 1, max: 50 }) });
    holds(many(row, 40), (drawn) => {
      let at = 0;
      const rows = drawn.map(({ gap, ...one }) => ({ ...one, step: (at += gap) }));
      const parts = groups(rows, (one) => one.by).map(([name, own]) => {
        const measured = own.filter((one) => one.valLoss !== null);
        if (measured.length > 0)
          return {
            text: `${name} ${last(measured).valLoss!.toFixed(3)} at step ${last(measured).step} (validation)`,
            measured: last(measured),
            end: last(own),
          };
        const tail = own.slice(-5);
        const mean = tail.reduce((sum, one) => sum + one.loss, 0) / tail.length;
        return {
          text: `${name} ${mean.toFixed(3)} at step ${last(own).step} (training, average of the last steps)`,
          end: last(own),
        };
      });
      const figure = plot.lossChart(rows, { title: "Loss" });
      // The average of the last point looks back over four more, however short the line.
      for (const { text, measured } of parts) if (measured) expect(figure.description).toContain(text);
      expect(figure.description.match(/at step \d+/g)).toEqual(
        parts.map(({ measured, end }) => `at step ${(measured ?? end).step}`),
      );
      const labels = read(figure).texts;
      for (const { measured, end } of parts)
        if (measured)
          expect(labels).toContain(
            measured.step === end.step
              ? `validation ${measured.valLoss!.toFixed(3)}`
              : `val. ${measured.valLoss!.toFixed(3)}, step ${measured.step}`,
          );
    });
  });

  test("of lossChart says since when there is no number, and averages the last five batches where nothing else was measured", () => {
    const rows = [4, 3, 2, 9, 1, 5].map((value, i) => ({ step: 10 * i, loss: value }));
    expect(plot.lossChart(rows).description).toBe(
      "Loss of model is 4.000: model 4.000 at step 50 (training, average of the last steps).",
    );
    expect(plot.lossChart([...rows, { step: 60, loss: NaN }]).description).toContain(
      "model not a number since step 60",
    );
  });

  test("of loadChart has the busiest and the idle experts of each layer's last row", () => {
    const layer = fc
      .array(share, { minLength: 4, maxLength: 4 })
      .map((parts) => parts.map((part) => part / (parts.reduce((a, b) => a + b, 0) || 1)));
    holds(many(fc.record({ step, load: fc.array(layer, { minLength: 2, maxLength: 2 }) })), (rows) => {
      const { description } = plot.loadChart(rows, { title: "Load" });
      const words = last(inSteps(rows)).load.map((shares, l) => {
        const idle = shares.filter((one) => 4 * one < 0.1).length;
        return `layer ${l + 1} busiest ${(4 * Math.max(...shares)).toFixed(1)}×${idle > 0 ? `, ${idle} idle` : ""}`;
      });
      expect(description).toBe(`Load (model, 4 experts, fair share 25 %): ${words.join("; ")}.`);
    });
  });

  test("of collapseChart has the mean of each model's runs where they ended, and a step only where they ended together", () => {
    const run = fc.constantFrom(1, 2);
    holds(many(fc.record({ by: model, run, step, effective: fc.double({ min: 1, max: 8, noNaN: true }) })), (rows) => {
      const parts = groups(rows, (one) => one.by).map(([name, own]) => {
        const ends = groups(own, (one) => String(one.run)).map(([, of]) => last(inSteps(of)));
        const mean = ends.reduce((sum, one) => sum + one.effective, 0) / ends.length;
        const together = new Set(ends.map((one) => one.step)).size === 1;
        const where = together ? `at step ${ends[0].step}` : "at their last steps";
        return `${name} ${mean.toFixed(1)} ${ends.length > 1 ? "on average" : "experts"} ${where}`;
      });
      expect(plot.collapseChart(rows, { title: "Use", nExpert: 8 }).description).toBe(
        `Use: ${parts.join("; ")}, of 8.`,
      );
    });
  });

  test("of capacityBars, shareCurve and logLines has the numbers of the rows", () => {
    const policy = fc.constantFrom("drop", "next");
    const factor = fc.option(fc.constantFrom(0.5, 1, 1.25));
    const half = fc.double({ min: 0, max: 0.5, noNaN: true });
    holds(many(fc.record({ by: policy, factor, rerouted: half, dropped: half, padding: share })), (rows) => {
      const { description } = plot.capacityBars(rows);
      for (const row of rows)
        expect(description).toContain(
          `${row.by} at ${row.factor === null ? "no limit" : `factor ${row.factor}`}: ${percent(row.rerouted)} rerouted, ` +
            `${percent(row.dropped)} dropped, ${percent(row.padding)} of the places empty`,
        );
    });
    holds(many(fc.record({ by: model, x: step, share })), (rows) => {
      const parts = groups(rows, (one) => one.by).map(
        ([name, own]) =>
          `${name} ${[...own]
            .sort((a, b) => a.x - b.x)
            .map((one) => `${percent(one.share)} at ${grouped(one.x)}`)
            .join(", ")}`,
      );
      expect(plot.shareCurve(rows, { title: "Shares" }).description).toBe(`Shares: ${parts.join("; ")}.`);
    });
    const above = fc.integer({ min: 1, max: 2_000_000 });
    holds(many(fc.record({ by: model, x: above, y: above })), (rows) => {
      const parts = groups(rows, (one) => one.by).map(([name, own]) => {
        const end = own.reduce((a, b) => (b.x >= a.x ? b : a));
        return `${name} ${inWords(end.y)} at ${short(end.x)}`;
      });
      expect(plot.logLines(rows, { title: "Lines" }).description).toBe(`Lines: ${parts.join("; ")}.`);
    });
  });

  test("of expertsPerToken has each router's average, range and most frequent number", () => {
    const row = fc.record({ by: model, experts: fc.integer({ min: 0, max: 6 }), tokens: fc.nat(50) });
    holds(many(row, 30), (rows) => {
      const parts = groups(rows, (one) => one.by).map(([name, own]) => {
        const sum = own.reduce((all, one) => all + one.tokens, 0);
        if (sum === 0) return `${name} no tokens`;
        const mean = own.reduce((all, one) => all + one.tokens * one.experts, 0) / sum;
        const counts = [0, 1, 2, 3, 4, 5, 6].map((k) =>
          own.filter((one) => one.experts === k).reduce((all, one) => all + one.tokens, 0),
        );
        const used = [...counts.keys()].filter((k) => counts[k] > 0);
        const most = Math.max(...counts);
        const often = counts.indexOf(most);
        const range =
          used.length === 1
            ? `always ${often}`
            : `from ${used[0]} to ${last(used)}, most often ${often} (${percent(most / sum)})`;
        return { name, mean, range };
      });
      const said = plot.expertsPerToken(rows, { title: "K:" }).description.slice("K: ".length, -1).split("; ");
      expect(said).toHaveLength(parts.length);
      parts.forEach((part, i) => {
        if (typeof part === "string") {
          expect(said[i]).toBe(part);
          return;
        }
        const [, name, mean, range] = /^(.*?) ([\d.]+) on average, (.*)$/.exec(said[i])!;
        expect({ name, range }).toEqual({ name: part.name, range: part.range });
        expect(Math.abs(Number(mean) - part.mean)).toBeLessThan(0.006 * Math.max(part.mean, 1));
      });
    });
  });

  test("of queues and routerHeatMap counts the rows", () => {
    const status = fc.constantFrom("kept" as const, "rerouted" as const, "dropped" as const);
    const expert = fc.integer({ min: 0, max: 3 });
    holds(many(fc.record({ token: fc.constant("a"), expert, status })), (rows) => {
      const n = (of: string) => rows.filter((one) => one.status === of).length;
      expect(plot.queues(rows, { title: "Q" }).description).toBe(
        `Q; tokens: ${n("kept")} kept, ${n("rerouted")} rerouted, ${n("dropped")} dropped.`,
      );
    });
    const probs = fc.constant([0.5, 0.25, 0.15, 0.1]);
    const token = fc.record({ token: fc.constant("a"), probs, chosen: fc.uniqueArray(expert) });
    const layers = fc
      .nat(4)
      .chain((T) => fc.array(fc.array(token, { minLength: T + 1, maxLength: T + 1 }), { minLength: 1, maxLength: 3 }));
    holds(
      layers.map((all) => all.flatMap((tokens, layer) => tokens.map((one) => ({ ...one, layer })))),
      (rows) => {
        const parts = groups(rows, (one) => String(one.layer))
          .sort(([a], [b]) => Number(a) - Number(b))
          .map(
            ([l, own]) =>
              `layer ${Number(l) + 1}: ${own.length} tokens go to ${new Set(own.flatMap((one) => one.chosen)).size} of 4 experts`,
          );
        expect(plot.routerHeatMap(rows, { title: "R", topK: null }).description).toBe(`R; ${parts.join("; ")}.`);
      },
    );
  });

  test("of softmaxSteps has the weights, those of the others too where they are not 0", () => {
    holds(many(fc.record({ logit: loss, kept: fc.boolean(), weight: fc.constantFrom(0, 0.25, 0.5) })), (rows) => {
      const { description } = plot.softmaxSteps(rows);
      const said = (kept: boolean) =>
        rows.flatMap((row, i) => (row.kept === kept ? [`expert ${i} ${digits(row.weight, 3)}`] : [])).join(", ");
      const others = rows.filter((row) => !row.kept);
      expect(description).toContain(
        `${rows.length - others.length} of ${rows.length} kept, with weights ${said(true) || "none"}`,
      );
      expect(description.includes("the others weigh 0")).toBe(
        others.length > 0 && others.every((row) => row.weight === 0),
      );
      if (others.some((row) => row.weight !== 0)) expect(description).toContain(`the others: ${said(false)}`);
    });
  });

  test("of tokenFlow names where most tokens of a kind went, all of its rows added up", () => {
    const row = fc.record({
      layer: fc.constantFrom(0, 1),
      from: model,
      expert: fc.integer({ min: 0, max: 2 }),
      count: fc.nat(9),
    });
    holds(many(row), (rows) => {
      const { description } = plot.tokenFlow(rows);
      for (const [l, inLayer] of groups(rows, (one) => String(one.layer)))
        for (const [from, own] of groups(inLayer, (one) => one.from)) {
          const sums = [0, 1, 2].map((e) =>
            own.filter((one) => one.expert === e).reduce((sum, one) => sum + one.count, 0),
          );
          const said = new RegExp(`layer ${Number(l) + 1}: [^;]*\\b${from} most often to (\\d)`).exec(description)?.[1];
          if (Math.max(...sums) === 0) expect(said).toBeUndefined();
          else expect(sums[Number(said)]).toBe(Math.max(...sums));
        }
    });
  });

  test("of the figures of counts has their sums", () => {
    const ofTotal = <T extends { total: number }>(rows: fc.Arbitrary<T>) =>
      fc.tuple(rows, share).map(([row, part]) => ({ ...row, active: Math.floor(part * row.total) }));
    const size = fc.integer({ min: 1, max: 10 ** 12 });
    holds(many(fc.record({ by: model, what: fc.constantFrom("weights", "gradients"), bytes: size })), (rows) => {
      const parts = groups(rows, (one) => one.by).map(
        ([bar, own]) => `${bar} ${inBytes(own.reduce((sum, one) => sum + one.bytes, 0))}`,
      );
      expect(plot.memoryBars(rows, { title: "M" }).description).toBe(`M: ${parts.join("; ")}.`);
    });
    holds(many(ofTotal(fc.record({ by: model, total: size }))), (rows) => {
      const drawn = rows.filter(({ active }) => active > 0); // the axes are logarithmic
      const parts = drawn.map((one) => `${one.by} ${inWords(one.total)}, ${inWords(one.active)} active`);
      const figure = plot.modelMap(rows, { title: "M" });
      expect(figure.description).toBe(`M: ${parts.join("; ") || "no model"}.`);
      const left = rows.length - drawn.length;
      expect(figure.svg().includes(`left out: ${left} without active parameters`)).toBe(left > 0);
    });
    const component = fc.constantFrom("expert", "attention", "unknown");
    holds(many(ofTotal(fc.record({ by: model, component, total: size }))), (rows) => {
      const parts = groups(rows, (one) => one.by).map(([name, own]) => {
        const sum = (of: "total" | "active") => own.reduce((all, one) => all + one[of], 0);
        return `${name} has ${inWords(sum("total"))} parameters, ${inWords(sum("active"))} of them active`;
      });
      expect(plot.parameterBars(rows, { title: "P" }).description).toBe(`P: ${parts.join("; ")}.`);
    });
  });

  test("of crossoverMap counts who is ahead at the last step", () => {
    const end = fc.integer({ min: -9, max: 9 });
    const row = fc.record({ dModel: fc.constantFrom(1, 2), experts: fc.constantFrom(4, 8), step: fc.nat(2), low: end });
    holds(many(row, 30), (drawn) => {
      const rows = drawn.map((one) => ({ ...one, contract: "time", difference: one.low + 1, high: one.low + 2 }));
      const atEnd = rows.filter((one) => one.step === Math.max(...rows.map((row) => row.step)));
      const cells = groups(atEnd, (one) => `${one.dModel} ${one.experts}`).map(([, own]) => last(own));
      const moe = cells.filter(({ high }) => high < 0).length;
      const dense = cells.filter(({ low }) => low > 0).length;
      const { description } = plot.crossoverMap(rows, { title: "M" });
      const rest = cells.length - moe - dense;
      expect(description).toBe(`M; equal time: MoE ${moe}, dense ${dense}, undecided ${rest}, not measured 0.`);
    });
  });

  test("of heatMap and graphChart counts what there is", () => {
    holds(many(fc.double({ noNaN: false }), 30), (values) => {
      const finite = values.filter(Number.isFinite);
      const { description } = plot.heatMap(values, [values.length]);
      if (finite.length > 0) {
        expect(description).toContain(`min ${digits(Math.min(...finite))} `);
        expect(description).toContain(`max ${digits(Math.max(...finite))}`);
      }
      const nan = values.filter(Number.isNaN).length;
      expect(description.includes("NaN")).toBe(nan > 0);
      if (nan > 0) expect(description).toContain(`${grouped(nan)} NaN (red ×)`);
    });
    const op = fc.constantFrom("leaf", "add", "mul");
    holds(many(op, 80), (ops) => {
      const rows = ops.map((one, id) => ({ id, op: one, shape: [], inputs: id > 0 && one !== "leaf" ? [id - 1] : [] }));
      const { description } = plot.graphChart(rows);
      for (const name of ["add", "mul"]) {
        const n = ops.filter((one) => one === name).length;
        expect(description.includes(`${name} ${n}`)).toBe(n > 0);
      }
      expect(description.includes("shown: the last 60 of")).toBe(ops.length > 60);
    });
  });
});
