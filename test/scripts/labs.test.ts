import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DonePart, findPart, keepPart } from "../../scripts/labs/crossover/parts.js";
import { hashOfSources } from "../../scripts/labs/crossover/sources.js";
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
    ...{ name: "dense D32 seed 1", made: "abc", commit: "1", node: "v20", seconds: 2, failed: null, rows: [{ n: 1 }] },
  };

  it("are found in their folder or among the recorded ones, if they were made of the same", () => {
    expect(findPart(folder, [], part.name, "abc")).toBeNull();
    expect(findPart(folder, [part], part.name, "abc")).toEqual(part);
    keepPart(folder, { ...part, commit: "2" });
    expect(findPart(folder, [part], part.name, "abc")?.commit).toBe("2");
    expect(findPart(folder, [part], part.name, "abd")).toBeNull();
    keepPart(folder, { ...part, made: "abd" });
    expect(findPart(folder, [part], part.name, "abc")?.commit).toBe("1"); // the folder's is of other sources
  });
});

describe("the hash of a program's sources", () => {
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  const hash = (): string => hashOfSources(path.join(folder, "a.ts"));

  it("changes with any module that is imported, not with comments, types or other files", () => {
    write("a.ts", 'import { b } from "./b.js";\nimport type { T } from "./t.js";\nexport const a = b;\n');
    write("b.ts", 'export {\n  c as b,\n} from "./c.js";\n');
    write("c.ts", "export const c = 1;\n");
    write("t.ts", "export type T = 1;\n");
    const first = hash();
    write("t.ts", "export type T = 2;\n");
    write("d.ts", "export const d = 1;\n");
    write("c.ts", "/** One. */\n// that is all\nexport const c = 1;\n");
    expect(hash()).toBe(first);
    write("c.ts", "export const c = 2;\n");
    expect(hash()).not.toBe(first);
    write("c.ts", "export const c = 1;\n");
    expect(hash()).toBe(first);
  });

  it("of the crossover lab's runs has the kernels and not the notebooks", () => {
    expect(hashOfSources("scripts/labs/crossover/run.ts")).toMatch(/^[0-9a-f]{16}$/);
  });
});
