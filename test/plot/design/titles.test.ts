import { sum } from "d3";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tokenFlow } from "../../../lib/plot/index.js";
import { percent } from "../../../lib/text/numbers.js";
import { cases } from "../cases/index.js";

/** Whatever is a number in facts. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null) return [];
  return [...Object.entries(value)].flatMap(([name, inner]) => [
    ...(/^\d+$/.test(name) ? [Number(name)] : []),
    ...numbersIn(inner),
  ]);
}
/** 1,024 is 1024; "46.7 billion" is 46.7, as the same words say it elsewhere. */
const numbersOf = (text: string): string[] => text.replaceAll("−", "-").match(/(?<![\w.])-?\d[\d,]*(?:\.\d+)?/g) ?? [];
const valueOf = (text: string): number => Number(text.replaceAll(",", ""));

/** Numbers in titles that are neither: a bound that is part of the figure, an index, a sum or a share that is not among the facts; the tests of
 *  these figures have them. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  predictedMeasured: ["0.35"],
  queues: ["24"],
  agreement: ["1", "4"],
  allToAllChart: ["34.9", "45.6"],
  modules: ["94"],
  tokenFlow: ["75"],
};

describe.each(Object.entries(cases))("the title of %s", (name, figures) => {
  test("has no number but those of the facts and of the alt text, as these have them or rounded", () => {
    const { description, facts } = figures.typical!({});
    const [title] = description.split(/[:;?.](?= )/);
    const said = numbersOf(description.slice(title.length)).map(valueOf);
    const own = numbersIn(facts).slice(0, 60);
    const quotients = own.flatMap((a) => own.map((b) => a / b));
    const known = [
      ...said,
      ...[...own, ...quotients].flatMap((value) => [
        value,
        100 * value,
        value + 1,
        value / 1e3,
        value / 1e6,
        value / 1e9,
        value / 1e12,
      ]),
    ];
    for (const number of numbersOf(title)) {
      if (OWN[name]?.includes(number)) continue;
      const half = 0.5001 * 10 ** -(number.split(".")[1]?.length ?? 0);
      const isKnown = known.some(
        (value) => Math.abs(value - valueOf(number)) <= half || Math.abs(value / valueOf(number) - 1) < 0.005,
      );
      expect(isKnown, `${number} of "${title}"`).toBe(true);
    }
  });

  test("is not the same whatever the rows are", () => {
    const titles = (["typical", "empty", "one row", "256 experts"] as const).flatMap((which) => {
      const figure = figures[which]?.({});
      return figure ? [figure.description.split(/[:;?.](?= )/)[0]] : [];
    });
    expect(new Set(titles).size).toBeGreaterThan(1);
  });
});

test("the title of tokenFlow names the strongest preference of all, for random rows", () => {
  const row = fc.record({
    from: fc.constantFrom("a", "b", "c"),
    expert: fc.nat(4),
    count: fc.integer({ min: 1, max: 99 }),
    layer: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
      const share = ({ from, layer, expert }: (typeof rows)[number]) => {
        const same = rows.filter((other) => other.from === from && other.layer === layer);
        return (
          sum(
            same.filter((other) => other.expert === expert),
            ({ count }) => count,
          ) / sum(same, ({ count }) => count)
        );
      };
      const [title] = tokenFlow(rows).description.split(";");
      const most = Math.max(...rows.map(share));
      const best = rows
        .filter((one) => share(one) === most)
        .map(({ from, expert, layer }) => {
          const where = new Set(rows.map((row) => row.layer)).size > 1 ? ` in layer ${layer + 1}` : "";
          return `${percent(most)} of "${from}" go to expert ${expert}${where}`;
        });
      expect(best).toContain(title);
    }),
    { numRuns: 60 },
  );
});
