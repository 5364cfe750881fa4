import { describe, expect, test } from "vitest";
import { account, weightBytes } from "../../../lib/account/index.js";
import { bound, type Device } from "../../../lib/cost/index.js";
import { workParts } from "../../../lib/moe/moe.js";
import {
  machineFigure,
  machineFindings,
  type MachineRow,
  machineText,
  measureMachine,
  measureSteps,
} from "../../../lib/notebook/machine/index.js";
import { interleaved, medianBy } from "../../../lib/notebook/machine/clock.js";
import { transformer } from "../../../lib/models/index.js";
import { contenders } from "../../../lib/train/labs/comparison.js";

const model = { vocabSize: 11, blockSize: 8, nLayer: 2, nHead: 1, dModel: 8, nExpert: 4, topK: 2 };
const tiny = { model, batches: [1, 3], prompt: 4, tokens: 3, products: [4, 8], rounds: 3, seconds: 1 };

const machine = await measureMachine(tiny);
const { rows, parts, reads, peak } = machine;

describe("this machine, on tiny twins", () => {
  test("has each model, phase and batch once, with speeds above 0", () => {
    const keys = new Set(rows.map(({ model, phase, batch }) => `${model} ${phase} ${batch}`));
    expect(keys.size).toBe(rows.length);
    expect(rows.length).toBe(3 * 2 * 2);
    for (const value of [peak, ...reads.map(({ bytesPerSecond }) => bytesPerSecond)]) expect(value).toBeGreaterThan(0);
  });

  test("predicts what `bound` says of a device with these figures, in float32; the ratio is measured over predicted", () => {
    const twins = contenders(model, 1);
    for (const { model: name, phase, batch, predicted, measured, ratio, by } of rows) {
      const counted = account({ model_type: "twinformer", ...twins[name].config });
      const read = reads.find((one) => one.model === name)!;
      expect(read.bytes).toBe(weightBytes(counted, "float32"));
      const device: Device = {
        ...{ name: "own", memory: 1e9, link: null, host: null, watts: null, sources: [] },
        ...{ bandwidth: read.bytesPerSecond, peak: { float32: peak } },
      };
      const context = phase === "prefill" ? 4 : 4 + 2; // the middle one of three tokens
      const own = bound(counted, device, { phase, batch, context, dtype: "float32", kvDtype: "float32" });
      expect(predicted).toBe(own.tokensPerSecond);
      expect(by).toBe(own.bound);
      expect(ratio).toBeCloseTo(measured / predicted, 12);
    }
  });

  test("gives all of a step's time to its parts, of the step that the row is about", () => {
    for (const { model: name, phase, batch, measured } of rows) {
      const own = parts.filter((row) => row.model === name && row.phase === phase && row.batch === batch);
      const sum = own.reduce((total, { seconds }) => total + seconds, 0);
      expect(own.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 9);
      expect(sum * measured).toBeCloseTo(phase === "prefill" ? 4 * batch : batch, 6);
      for (const { seconds } of own) expect(seconds).toBeGreaterThan(0);
      const named = own.map(({ part }) => part);
      if (name === "MoE") expect(named).toEqual(expect.arrayContaining([...workParts]));
      else expect(named).not.toContain("products");
    }
  });

  test("is a table with every row, sentences and shares; and a figure with a line and a bound for each model", () => {
    const text = machineText(machine);
    expect(text.match(/^(prefill|decode) +\d+ +(MoE|dense)/gm)).toHaveLength(rows.length);
    expect(text).toContain("Where the time of the MoE goes");
    for (const sentence of machineFindings(rows)) expect(text).toContain(sentence);
    const { description } = machineFigure(machine, "decode");
    for (const name of ["MoE", "MoE, bound", "dense", "dense, bound", "large dense", "large dense, bound"])
      expect(description).toContain(`${name} `);
  });

  test("says where a bound was beaten, and only there", () => {
    const slow = rows.map((row) => ({ ...row, ratio: 0.5 }));
    expect(machineText({ ...machine, rows: slow })).not.toContain("above their bound");
    expect(machineText({ ...machine, rows: [{ ...slow[0], ratio: 1.1 }, ...slow.slice(1)] })).toContain(
      `1 of ${rows.length} rows are above their bound (ratio over 1), so the bound is too low`,
    );
  });

  test.each([
    [{ batches: [0] }, "measureMachine: batches must be an integer from 1, got 0"],
    [{ tokens: 2 }, "measureMachine: tokens must be odd, so that one is in the middle, got 2"],
    [{ prompt: 7 }, "must fit the model's blockSize 8, got 10"],
    [{ model: { ...model, nExpert: 0 } }, "measureMachine: model must have experts, got nExpert 0"],
    [{ seconds: 0 }, "measureMachine: seconds must be a number above 0, got 0"],
    [{ rounds: 0.5 }, "measureMachine: rounds must be an integer from 1, got 0.5"],
    [{ products: [1.5] }, "measureMachine: products must be an integer from 1, got 1.5"],
  ])("%j is refused in one sentence", async (wrong, sentence) => {
    await expect(measureMachine({ ...tiny, ...wrong })).rejects.toThrow(sentence);
  });
});

describe("steps of any models", () => {
  const twins = { a: transformer(model, { seed: 1 }), b: transformer({ ...model, nExpert: 0 }, { seed: 1 }) };

  test("each model, batch and phase once, in tokens of all texts a second, with where a step's time went", async () => {
    const found = await measureSteps(twins, {
      phases: ["prefill", "decode"],
      batches: [1, 2],
      prompt: 4,
      tokens: 3,
      rounds: 3,
    });
    expect(found.map((row) => `${row.model} ${row.phase} ${row.batch}`)).toEqual(
      ["a", "b"].flatMap((name) =>
        [1, 2].flatMap((batch) => ["prefill", "decode"].map((phase) => `${name} ${phase} ${batch}`)),
      ),
    );
    for (const { phase, batch, tokensPerSecond, seconds, parts: own } of found) {
      expect(tokensPerSecond * seconds).toBeCloseTo(batch * (phase === "prefill" ? 4 : 1), 9);
      expect(Object.values(own).reduce((sum, part) => sum + part, 0)).toBeCloseTo(seconds, 9);
    }
    expect(found[0].parts.products).toBeGreaterThan(0);
    expect(found[4].parts.products).toBe(0);
  });

  test.each([
    [{ prompt: 8 }, "measureSteps: prompt and tokens must fit the blockSize 8 of a, got 13"],
    [{ phases: ["write"] }, "measureSteps: phases must be"],
    [{ batches: [0] }, "measureSteps: batches must be an integer from 1, got 0"],
  ])("%j is refused in one sentence", async (wrong, sentence) => {
    await expect(measureSteps(twins, wrong as object)).rejects.toThrow(sentence);
  });

  test("needs models", async () => {
    await expect(measureSteps({ a: {} as never })).rejects.toThrow("measureSteps: a needs a model");
  });
});

describe("what follows from the rows", () => {
  const row = (model: MachineRow["model"], measured: number): MachineRow => ({
    ...{ model, phase: "decode", batch: 4, predicted: 100, measured, ratio: measured / 100, by: "memory" },
  });

  test("where the MoE is slower, that is said", () => {
    expect(machineFindings([row("dense", 40), row("MoE", 30), row("dense, equal total", 12)])).toEqual([
      "decode, batch 4: the MoE is slower than the dense model of equal active size (0.75 times its speed), and 2.50 times as fast as the dense model of equal total size.",
    ]);
    const [slower] = machineFindings([row("MoE", 30), row("dense", 30), row("dense, equal total", 60)]);
    expect(slower).toMatch(/1\.00 times as fast as .* active size, and slower than .* total size \(0\.50 times/);
  });
});

describe("rounds", () => {
  test("each begins with another contender, and the first, in which code is compiled, does not count", async () => {
    const order: string[] = [];
    const contender = (name: string) => () => order.push(name);
    const results = await interleaved(["a", "b", "c"].map(contender), { rounds: 2 });
    expect(order.join("")).toBe("abcbcacab");
    expect(results).toEqual([
      [6, 8],
      [4, 9],
      [5, 7],
    ]);
  });

  test("one counts, however little time there is", async () => {
    expect(await interleaved([() => 1], { rounds: 5, seconds: 1e-9 })).toEqual([[1]]);
  });

  test("the median is one of those that were measured", () => {
    expect(medianBy([5, 1, 3], (x) => x)).toBe(3);
    expect(medianBy([4, 1, 3, 2], (x) => x)).toBe(3);
    expect(medianBy([7], (x) => x)).toBe(7);
  });
});
