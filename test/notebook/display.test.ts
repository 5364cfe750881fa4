import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseHTML } from "linkedom";
import { afterEach, describe, expect, test, vi } from "vitest";
import { claim, display, liveDisplay, seconds, shortForm } from "../../lib/notebook/index.js";
import { lossChart } from "../../lib/plot/index.js";
import { insideDeno, insidePage, insideTslab } from "./kernels.js";

const chart = (loss: number) => lossChart([{ by: "dense", step: 1, loss }]);

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("a display", () => {
  test("in tslab uses the kernel's own module, and one output for all states", () => {
    const messages = insideTslab();
    const live = liveDisplay();
    live.update(chart(3));
    live.update(chart(2), { last: true });
    display(chart(1));
    expect(messages.map(({ output }) => output)).toEqual([0, 0, 1]);
  });

  test("sends the second, static picture only with the last state", () => {
    const messages = insideTslab();
    const live = liveDisplay();
    live.update(chart(3));
    live.update(chart(2), { last: true });
    expect(messages.map(({ html }) => html.includes("<img"))).toEqual([false, true]);
  });

  test("in Deno's kernel first shows and then updates the same output", () => {
    const messages = insideDeno();
    const live = liveDisplay();
    live.update(chart(3));
    live.update(chart(2));
    expect(messages.map(({ options }) => options.update)).toEqual([false, true]);
    expect(messages[0].options.display_id).toBe(messages[1].options.display_id);
    expect(Object.keys(messages[0].data)).toEqual(["text/html", "text/plain"]);
  });

  test("on a page replaces what its own element holds", () => {
    const { document } = parseHTML("<!doctype html><html><body><p>kept</p></body></html>");
    insidePage(document);
    const live = liveDisplay();
    live.update({ html: () => "<b>one</b>" });
    live.update({ html: () => "<b>two</b>" });
    expect(document.body.innerHTML).toBe("<p>kept</p><div><b>two</b></div>");
  });

  test("in plain Node writes nothing unless a folder is named, and then one file a figure", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "twinformer-"));
    vi.stubEnv("TWINFORMER_FIGURES", "");
    display(chart(3));
    vi.stubEnv("TWINFORMER_FIGURES", folder);
    const live = liveDisplay();
    live.update(chart(3));
    expect(readdirSync(folder)).toEqual([]);
    live.update(chart(2), { last: true });
    const [file] = readdirSync(folder);
    expect(file).toMatch(/^\d+-loss\.svg$/);
    expect(readFileSync(path.join(folder, file), "utf8")).toBe(chart(2).svg());
    rmSync(folder, { recursive: true });
  });

  test("says in one sentence that a file could not be written, and leaves the one that was there", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "twinformer-"));
    vi.stubEnv("TWINFORMER_FIGURES", path.join(folder, "taken"));
    writeFileSync(path.join(folder, "taken"), "a file, no folder");
    expect(() => display(chart(3))).toThrow(/taken\/\d+-loss\.svg could not be written: [^\n]+$/);
    expect(readdirSync(folder)).toEqual(["taken"]);
    rmSync(folder, { recursive: true });
  });

  test("says what it needs where it is given no picture", () => {
    expect(() => display({} as never)).toThrow(
      "display needs a picture, such as lossChart(rows), a tensor or a model, got object",
    );
  });
});

describe("a claim", () => {
  const badgeOf = (...args: Parameters<typeof claim>) => {
    const messages = insideTslab();
    claim(...args);
    return parseHTML(messages[0].html).document.querySelector("[data-claim]")!;
  };

  test("leaves its values, exact, in the output, and shows its sentence, its source and the numbers that it was told to", () => {
    const values = { total: 46_702_792_704, share: 1 / 3, names: ["<b>", '"'] };
    const badge = badgeOf("C1", { verdict: true, numbers: { parameters: values.total }, ...values });
    expect(badge.getAttribute("data-claim")).toBe("C1");
    expect(badge.getAttribute("data-verdict")).toBe("holds");
    expect(JSON.parse(badge.getAttribute("data-values")!)).toEqual(values);
    for (const words of ["✓ holds", "46.7 billion", "parameters 46,702,792,704", "MarkTechPost"])
      expect(badge.textContent).toContain(words);
    expect(badge.textContent).not.toContain("share");
  });

  test.each([
    [false, "fails"],
    [{ one: true, two: true }, "holds"],
    [{ one: true, two: false }, "half true"],
    [{ one: false, two: false }, "fails"],
  ])("of the verdict %o %s", (verdict, word) => {
    expect(badgeOf("A7", { verdict }).getAttribute("data-verdict")).toBe(word);
  });

  test("is one printed line in plain Node", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    claim("B2", { verdict: true, rows: 1536 });
    expect(log.mock.calls).toEqual([['claim B2 holds: Only the top-k experts run for a token. {"rows":1536}']]);
  });

  test("refuses an id that the ledger lacks, a verdict that was typed, more than three numbers, and a value that is not a number", () => {
    expect(() => claim("Z9" as never, { verdict: true })).toThrow(
      /^claim needs an id of the ledger, one of A1 A2 .* E3, got "Z9"$/,
    );
    for (const verdict of ["holds", undefined, {}, { one: "yes" }])
      expect(() => claim("C1", { verdict } as never)).toThrow("claim C1: needs a verdict that the run computed");
    expect(() => claim("C1", { verdict: true, numbers: { a: 1, b: 2, c: 3, d: 4 } })).toThrow(
      "claim C1: shows at most three numbers, got 4",
    );
    expect(() => claim("C1", { verdict: true, total: NaN })).toThrow("claim C1: the value 'total' is NaN");
    expect(() => claim("C1", { verdict: true, all: [1, { x: Infinity }] })).toThrow(
      "'all' has one inside that has one inside that is Infinity",
    );
    expect(() => claim("C1", { verdict: true, total: 5n as never })).toThrow("claim C1: the value 'total' is 5n");
  });
});

describe("the short form", () => {
  test("is on only where TWINFORMER_SHORT says so", () => {
    for (const [value, short] of [
      ["", false],
      ["0", false],
      ["1", true],
    ] as const) {
      vi.stubEnv("TWINFORMER_SHORT", value);
      expect(shortForm()).toBe(short);
      expect(seconds(60, 6)).toBe(short ? 6 : 60);
    }
    vi.stubEnv("TWINFORMER_SHORT", "1");
    for (const [patience, limit] of [
      ["5", 30],
      ["none", 6],
      ["-1", 6],
    ] as const) {
      vi.stubEnv("TWINFORMER_PATIENCE", patience);
      expect(seconds(60, 6)).toBe(limit);
    }
  });
});
