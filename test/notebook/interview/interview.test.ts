import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { check } from "../../../lib/notebook/check.js";
import { cases } from "../../../lib/notebook/interview/hunt/cases.js";
import { diagnoses } from "../../../lib/notebook/interview/hunt/diagnoses.js";
import { diagnosisTable, museum, patient } from "../../../lib/notebook/interview/hunt/patient.js";
import { evening, interview, interviewProofs, interviewThemes } from "../../../lib/notebook/interview/interview.js";
import { myth } from "../../../lib/notebook/interview/myth.js";
import { read } from "../../notebooks/12-interview/output.js";
import type { Asked, Level } from "../../../lib/notebook/interview/question.js";
import { questions } from "../../../lib/notebook/interview/questions/index.js";
import { quiz } from "../../../lib/notebook/interview/quiz.js";
import { filled, linkOf, valueInWords, valuesOf } from "../../../lib/notebook/interview/words.js";

describe("questions", () => {
  it("say their numbers in words", () => {
    expect(valueInWords({ claim: "x", is: 46_702_792_704, as: "billion" })).toBe("46.7 billion");
    expect(valueInWords({ claim: "x", is: 93_405_585_408, as: "bytes" })).toBe("93.4 GB");
    expect(valueInWords({ claim: "x", is: 0.25, as: "percent" })).toBe("25 %");
    expect(valueInWords({ claim: "x", is: 21_952 })).toBe("21,952");
    expect(valueInWords({ claim: "x", is: "not published" })).toBe("not published");
    expect(valueInWords({ claim: "x", above: 1 })).toBe("more than 1");
    expect(valueInWords({ claim: "x", below: 0.02 })).toBe("less than 0.02");
    expect(() => filled(questions[0], "{nothing}")).toThrow("the question faster has no value {nothing}");
  });

  it("are asked of the number that is theirs, in a unit of a sensible size", () => {
    for (const { id, ask, ...one } of questions) {
      if (!ask) continue;
      const value = valuesOf({ id, ...one })[ask.value];
      expect(value, id).toHaveProperty("is");
      const number = "is" in value ? Number(value.is) / (ask.per ?? 1) : NaN;
      expect(Math.abs(number), id).toBeLessThan(10_000);
    }
  });

  it("are shown by level, folded, with links to the cells", () => {
    for (const level of [1, 2, 3] as Level[]) {
      const own = questions.filter((one) => one.level === level);
      const html = interview(level).html();
      expect(html.match(/<details data-question/g)).toHaveLength(own.length);
      expect(html.match(/<i>Why\?<\/i><\/summary>/g)).toHaveLength(own.length); // the refutation is folded, too
      for (const { proof } of own) expect(html).toContain(`href="${linkOf(proof.at).href}"`);
    }
    expect(() => interview(4 as Level)).toThrow(/interview.*level/);
    expect(evening().html()).toContain("13 stops, about 70 minutes");
    expect(
      evening()
        .html()
        .match(/notebook 05, cell total-active/g),
    ).toHaveLength(1); // two questions, one stop
    expect(interviewThemes().html()).toContain(`${questions.length} questions`);
  });

  it("name cells that the notebooks have", () => {
    const folder = path.resolve(import.meta.dirname, "../../../notebooks");
    expect(interviewProofs(folder)).toEqual({ questions: questions.length, proofs: 2 * questions.length, missing: [] });
  });
});

describe("reading an output", () => {
  const facts = (value: unknown) => JSON.stringify(value).replaceAll('"', "&quot;");
  const html = `<div data-claim="C1" data-verdict="holds" data-values="${facts({ a: { "b, c.d": [7, 8] } })}"></div>
    <figure data-figure="table" data-facts="${facts([
      { model: "MoE", x: 2 },
      { model: 8, x: 3 },
    ])}"></figure>`;
  const outputs = [{ data: { "text/html": [html] } }, { text: ["loss  2.5 of 1,024 and 1.4e-6;"] }];

  it.each([
    [{ claim: "a.b, c.d.1" }, 8],
    [{ claim: "a.z" }, undefined],
    [{ row: "MoE", column: "x" }, 2],
    [{ row: 8, column: "x" }, 3],
    [{ row: 9, column: "x" }, undefined],
    [{ words: "loss # of" }, 2.5],
    [{ words: "of # and" }, 1024],
    [{ words: "and #;" }, 1.4e-6],
    [{ words: "gain #" }, undefined],
  ])("%j", (where, found) => {
    expect(read(outputs, where)).toBe(found);
  });
});

describe("the self-test", () => {
  it("draws the same ten for a seed, others for another, from easy to hard", () => {
    const ids = (seed: number) => quiz(seed).questions.map(({ id }) => id);
    expect(ids(3)).toEqual(ids(3));
    expect(ids(3)).not.toEqual(ids(4));
    expect(new Set(ids(3)).size).toBe(10);
    const levels = quiz(3).questions.map(({ level }) => level);
    expect(levels).toEqual([...levels].sort());
    expect(() => quiz(0.5)).toThrow(/quiz.*seed/);
  });

  it("takes a number within three percent, in the unit that it asked for, and no other", () => {
    const asked = quiz(1);
    const number = ({ ask, ...one }: Asked) => {
      const value = valuesOf(one)[ask!.value];
      return "is" in value ? Number(value.is) / (ask!.per ?? 1) : NaN;
    };
    const by = (factor: number) =>
      Object.fromEntries(asked.questions.map((one, i) => [i + 1, one.ask ? factor * number(one) + (factor > 1.01 ? 1e-6 : 0) : "in words"])); // prettier-ignore
    const rightOf = (answers: object) =>
      (asked.grade(answers as Record<number, unknown>).facts as { right: number }).right;
    const numbers = asked.questions.filter(({ ask }) => ask).length;
    expect(numbers).toBeGreaterThan(2);
    expect(rightOf(by(1))).toBe(numbers);
    expect(rightOf(by(1.02))).toBeGreaterThanOrEqual(numbers - 2); // 0 has no three percent
    expect(rightOf(by(1.5))).toBe(0);
    expect(rightOf({})).toBe(0);
    expect(asked.grade(by(1)).html()).toContain("✓ right");
    expect(asked.grade(by(1.5)).html()).toContain("✗ not");
  });
});

describe("the bug hunt", () => {
  it("has a case for each patient, each with another diagnosis, and every letter in the list once", () => {
    expect(Object.values(cases).map(({ is }) => is).sort()).toEqual(diagnoses.map(({ letter }) => letter)); // prettier-ignore
    expect(diagnosisTable().html()).toContain("Nothing is wrong");
    expect(museum().html()).toContain("seen in");
    for (const { is, not } of Object.values(cases)) expect(Object.keys(not)).not.toContain(is);
  });

  it("shows the figures of a patient beside those of a healthy twin, and not what is wrong", async () => {
    const shown = await patient(6);
    expect(shown.html()).toContain("Patient 6, and two healthy twins");
    expect(shown.facts as Record<string, string>[]).toContainEqual(
      expect.objectContaining({ figure: "added per unit of it", "patient 6": "2", healthy: "1", "healthy, too": "1" }),
    );
    expect(shown.html()).not.toContain("twice.");
    await expect(patient(11)).rejects.toThrow(/patient.*number/);
  });

  it("gives a hint for a wrong letter", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    check("patient 2", "H");
    check("patient 2", "E");
    expect(log.mock.calls[0][0]).toMatch(/not yet.*balance term would be 1/);
    expect(log.mock.calls[1][0]).toContain("✓ right");
    log.mockRestore();
  });
});

describe("a myth", () => {
  it("holds, holds by half or breaks by its parts", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    myth({ a: true, b: true }, { x: 1.23456 });
    myth({ a: true, b: false });
    myth({ a: false });
    const said = log.mock.calls.map(([words]) => String(words).split(":")[0]);
    expect(said).toEqual(["holds", "half", "breaks"]);
    expect(log.mock.calls[0][0]).toContain("x 1.235");
    log.mockRestore();
    expect(() => myth({})).toThrow("myth needs parts that are true or false");
    expect(() => myth({ a: 1 as never })).toThrow("myth needs parts");
  });
});
