/** Each patient shows its own symptom, in numbers, and the healthy twin shows none. */
import { beforeAll, describe, expect, it } from "vitest";
import { mobyDick } from "../../../lib/data/index.js";
import { examine, type Figures } from "../../../lib/notebook/interview/hunt/examine.js";
import { settings } from "../../../lib/notebook/interview/hunt/settings.js";

const STEPS = 12;
let healthy: Figures;
const found: Record<number, Figures> = {};
beforeAll(async () => {
  const text = await mobyDick();
  healthy = examine({}, text, STEPS, 1);
  for (const [number, setting] of Object.entries(settings)) found[Number(number)] = examine(setting, text, STEPS, 2);
}, 120_000);

/** What is so in a twin without a bug, whatever the seed. */
const sound: Record<string, (figures: Figures) => boolean> = {
  task: ({ taskGradient }) => taskGradient > 0,
  balance: ({ balanceGradient }) => balanceGradient > 1e-6,
  added: ({ added }) => Math.abs(added - 1) < 1e-4,
  moved: ({ moved }) => moved > 0,
  twice: ({ twice }) => twice === 0,
  places: ({ droppedEarly, droppedLate }) => !(droppedEarly === 0 && droppedLate > 0.1),
  dropped: ({ outputOfDropped }) => outputOfDropped === 0,
  bias: ({ byBias }) => byBias < 1e-6,
};
/** By patient: the properties that it lacks. */
const lacks: Record<number, string[]> = {
  1: ["task"],
  2: ["balance"],
  3: ["twice"],
  4: [],
  5: ["places"],
  6: ["added"],
  7: ["bias"],
  8: ["balance"],
  9: ["moved"],
  10: ["dropped"],
};

describe("the bug hunt", () => {
  it("the healthy twin has all properties", () => {
    for (const [name, holds] of Object.entries(sound)) expect(holds(healthy), name).toBe(true);
  });

  it.each(Object.entries(lacks))("patient %s lacks exactly what its bug takes away", (number, missing) => {
    const own = Object.entries(sound).filter(([, holds]) => !holds(found[Number(number)])).map(([name]) => name); // prettier-ignore
    expect(own).toEqual(missing);
  });

  it("what tells a wrong axis from a missing gradient is the value of the term", () => {
    expect(found[8].balance).toBeCloseTo(1, 6);
    expect(found[2].balance).toBeGreaterThan(1.02);
  });

  it("no loss of a short run tells: all fall, and end within a tenth of a nat", () => {
    for (const { firstLoss, lastLoss } of Object.values(found)) {
      expect(lastLoss).toBeLessThan(firstLoss);
      expect(Math.abs(lastLoss - healthy.lastLoss)).toBeLessThan(0.1);
    }
  });
});
