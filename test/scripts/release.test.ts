import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { releaseProblems } from "../../scripts/release/tag.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const of = (version: string, tags: string[] = []) => ({
  version,
  citation: `title: x\nversion: ${version}\n`,
  changelog: `# Changelog\n\n## ${version}, 2026-12-01\n\n- x\n`,
  tags,
});

test("a tag is released that equals the version and follows the last one", () => {
  expect(releaseProblems("v0.1.0", of("0.1.0"))).toEqual([]);
  for (const version of ["0.1.1", "0.2.0", "1.0.0"])
    expect(releaseProblems(`v${version}`, of(version, ["v0.1.0", "v0.0.9", `v${version}`, "trial"]))).toEqual([]);
});

test("what stands against a release is said, a sentence each", () => {
  expect(releaseProblems("v0.1.0", of("0.1"))).toEqual([
    "package.json has the version 0.1, which is not three numbers",
  ]);
  expect(releaseProblems("v0.2.0", of("0.1.0"))).toEqual(["the tag is v0.2.0, the version of package.json 0.1.0"]);
  expect(releaseProblems("v0.1.0", { ...of("0.1.0"), citation: "version: 0.0.1\n" })).toEqual([
    "CITATION.cff has the version 0.0.1, package.json 0.1.0",
  ]);
  const unreleased = { ...of("0.1.0"), changelog: "## 0.1.0, not yet released\n" };
  expect(releaseProblems("v0.1.0", unreleased)).toEqual([
    'CHANGELOG.md begins with "## 0.1.0, not yet released", not with "## 0.1.0, " and the day',
  ]);
  for (const version of ["0.1.2", "0.2.1", "1.1.0", "0.0.5"])
    expect(releaseProblems(`v${version}`, of(version, ["v0.1.0", "v0.0.9"]))).toEqual([
      `${version} does not follow 0.1.0: one of its numbers is to be one more, those after it 0`,
    ]);
});

test("the version is the same in package.json, its lock file, CITATION.cff and the changelog", () => {
  const { version } = JSON.parse(read("package.json")) as { version: string };
  expect(read("CITATION.cff")).toContain(`\nversion: ${version}\n`);
  expect((JSON.parse(read("package-lock.json")) as { version: string }).version).toBe(version);
  expect(/^## (\S+), /m.exec(read("CHANGELOG.md"))?.[1]).toBe(version);
});

test("the workflow publishes with provenance, after the check of the version and the tests", () => {
  const commands = [...read(".github/workflows/release.yml").matchAll(/run: (.*)$/gm)].map(([, command]) => command);
  expect(commands[0]).toBe("npm ci");
  expect(commands[1]).toMatch(/^node scripts\/release\/tag\.mjs/);
  expect(commands[2]).toBe("npm test");
  expect(commands.at(-1)).toMatch(/^npm publish --provenance/);
});

test("the pages are made of all notebooks, executed in full, and published from a push", () => {
  const workflow = read(".github/workflows/pages.yml");
  expect([...workflow.matchAll(/run: (.*)$/gm)].map(([, command]) => command)).toEqual(["npm ci", "npm run site"]);
  expect(workflow).toContain("path: build/site");
  expect(workflow).toMatch(/^permissions:\n {2}contents: read$/m);
});
