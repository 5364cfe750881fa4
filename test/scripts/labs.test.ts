import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Corpus } from "../../lib/data/index.js";
import { type DonePart, findPart, keepPart } from "../../scripts/labs/crossover/parts.js";
import { isSame, probe } from "../../scripts/labs/crossover/probe.js";
import { Parts } from "../../scripts/labs/parts.js";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "twinformer-labs-"));
  file = path.join(folder, "deep/lab.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Row {
  n: number;
}
/** Runs parts 0 to 4, breaking off in front of one of them; says which were computed. */
async function run(made: unknown, end = 5): Promise<{ computed: number[]; rows: Row[]; parts: Parts<Row> }> {
  const [computed, rows]: [number[], Row[]] = [[], []];
  const parts = new Parts<Row>(file, made);
  for (let n = 0; n < end; n++)
    rows.push(
      ...(await parts.rows(`part ${n}`, () => {
        computed.push(n);
        return Promise.resolve([{ n }, { n: n + 0.5 }]);
      })),
    );
  return { computed, rows, parts };
}

describe("a lab in parts", () => {
  it("goes on where an earlier run was killed, with the rows of an undisturbed one", async () => {
    expect((await run({ seed: 1 }, 2)).computed).toEqual([0, 1]);
    const second = await run({ seed: 1 });
    expect(second.computed).toEqual([2, 3, 4]);
    expect(second.rows.map(({ n }) => n)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5]);
    expect(second.parts.seconds).toBeGreaterThan(0);
  });

  it("begins anew for another commit or other settings, and after it was recorded", async () => {
    await run({ commit: "a", steps: 1 });
    expect((await run({ commit: "b", steps: 1 })).computed).toHaveLength(5);
    expect((await run({ commit: "b", steps: 2 })).computed).toHaveLength(5);
    const { parts, computed } = await run({ commit: "b", steps: 2 });
    expect(computed).toEqual([]);
    parts.forget();
    expect(existsSync(file)).toBe(false);
    expect((await run({ commit: "b", steps: 2 })).computed).toHaveLength(5);
  });

  it("keeps nothing of a part that failed, and does without a file that is torn", async () => {
    const parts = new Parts<Row>(file, 1);
    await parts.rows("good", () => Promise.resolve([{ n: 1 }]));
    await expect(parts.rows("bad", () => Promise.reject(new Error("killed")))).rejects.toThrow("killed");
    expect(Object.keys((JSON.parse(readFileSync(file, "utf8")) as { parts: object }).parts)).toEqual(["good"]);
    writeFileSync(file, '{"made":"1","parts":{"good":');
    expect((await run(1)).computed).toHaveLength(5);
  });

  it("gives the same rows, read or computed: both have been through JSON", async () => {
    const row = { n: 1, gone: undefined, none: NaN };
    const first = await new Parts<Row>(file, 1).rows("a", () => Promise.resolve([row]));
    const again = await new Parts<Row>(file, 1).rows("a", () => Promise.reject(new Error("must not run")));
    expect(first).toEqual([{ n: 1, none: null }]);
    expect(again).toEqual(first);
  });
});

describe("runs that shards keep", () => {
  const part: DonePart<Row> = {
    ...{
      name: "dense D32 seed 1",
      made: "abc",
      probe: [4.5, 4],
      commit: "1",
      node: "v20",
      seconds: 2,
      failed: null,
      rows: [{ n: 1 }],
    },
  };

  it("are found in their folder or among the recorded ones, if they were made of the same", () => {
    expect(findPart(folder, [], part.name, "abc", [4.5, 4])).toBeNull();
    expect(findPart(folder, [part], part.name, "abc", [4.5, 4])).toEqual(part);
    keepPart(folder, { ...part, commit: "2" });
    expect(findPart(folder, [part], part.name, "abc", [4.5, 4])?.commit).toBe("2");
    expect(findPart(folder, [part], part.name, "abd", [4.5, 4])).toBeNull();
    keepPart(folder, { ...part, made: "abd" });
    expect(findPart(folder, [part], part.name, "abc", [4.5, 4])?.commit).toBe("1"); // the folder's is of other settings
    expect(findPart(folder, [part], part.name, "abc", [4.5, 4.1])).toBeNull();
    expect(findPart(folder, [part], part.name, "abc", [4.5, 4.0001])).toEqual(part);
  });
});

describe("the probe of a library", () => {
  it("is the same again, and another where anything computes otherwise", async () => {
    const text = new Corpus("so many letters and so few words, so many words. ".repeat(400));
    const first = await probe(text);
    expect(first).toHaveLength(24);
    expect(isSame(await probe(text), first)).toBe(true);
    expect(
      isSame(await probe(new Corpus(`x${"so many letters and so few words, so many words. ".repeat(400)}`)), first),
    ).toBe(false);
    expect(isSame(first.slice(1), first)).toBe(false);
    expect(isSame([NaN, ...first.slice(1)], first)).toBe(false);
  });
});
