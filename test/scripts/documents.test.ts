import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const tested = readdirSync(path.join(root, "test"), { recursive: true, encoding: "utf8" })
  .filter((file) => !file.includes("node_modules"))
  .map((file) => path.basename(file));

test.each(["SECURITY.md", "CONTRIBUTING.md", "README.md", "docs/notebook-traps.md"])(
  "the files of ours that %s names are there",
  (document) => {
    const text = readFileSync(path.join(root, document), "utf8");
    const named = [...text.matchAll(/`((?:scripts|test|lib|jupyter|docs|kernels|assets)\/[\w./-]*)(?: [^`]*)?`/g)].map(
      (found) => found[1],
    );
    const ours = named.filter((file) => !file.includes("node_modules")); // installed on demand
    expect(ours.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
    const tests = [...text.matchAll(/`([\w-]+\.test\.ts)`/g)].map((found) => found[1]);
    expect(tests.filter((file) => !tested.includes(file))).toEqual([]);
    expect(named.length + tests.length).toBeGreaterThan(0);
  },
);

test("every command that the README names is one of package.json", () => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: object };
  const named = ["README.md", "CONTRIBUTING.md", "SECURITY.md"].flatMap((document) =>
    [...readFileSync(path.join(root, document), "utf8").matchAll(/npm (?:run )?([a-z]+(?::[a-z]+)?)\b/g)].map(
      (found) => found[1],
    ),
  );
  const npms = ["ci", "install", "pack", "start", "test", "version"];
  expect(named.filter((name) => !(name in scripts) && !npms.includes(name))).toEqual([]);
});

test("the README gives each notebook the minutes that the notebook gives itself", () => {
  const readme = readFileSync(path.join(root, "README.md"), "utf8");
  const rows = [...readme.matchAll(/\]\((notebooks\/[\w-]+\.ipynb)\) *\| (\d+) /g)];
  expect(rows.length).toBeGreaterThan(5);
  const wrong = rows.flatMap(([, file, minutes]) => {
    const { cells } = JSON.parse(readFileSync(path.join(root, file), "utf8")) as { cells: { source: string[] }[] };
    const top = cells.slice(0, 3).flatMap(({ source }) => source);
    const own = /(\d+) minutes/.exec(top.join(""))?.[1] ?? minutes;
    return own === minutes ? [] : [`${file} says ${own} minutes, the README ${minutes}`];
  });
  expect(wrong).toEqual([]);
});
