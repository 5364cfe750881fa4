// node scripts/release/tag.mjs v0.2.0: may this tag be released? It follows the rule of versions in CONTRIBUTING.md.
import { readFileSync } from "node:fs";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

/** What stands against releasing a tag, a sentence each.
 *  @param {string} tag  @param {{ version: string, citation: string, changelog: string, tags: readonly string[] }} clone the version
 *  of package.json, the texts of CITATION.cff and CHANGELOG.md, and the tags that there are  @returns {string[]} */
export function releaseProblems(tag, { version, citation, changelog, tags }) {
  if (!VERSION.test(version)) return [`package.json has the version ${version}, which is not three numbers`];
  const problems = [];
  if (tag !== `v${version}`) problems.push(`the tag is ${tag}, the version of package.json ${version}`);
  const cited = /^version: (.*)$/m.exec(citation)?.[1];
  if (cited !== version)
    problems.push(`CITATION.cff has the version ${cited ?? "of nothing"}, package.json ${version}`);
  const heading = changelog.match(/^## .*$/m)?.[0] ?? "";
  if (!heading.startsWith(`## ${version}, `) || !/, \d{4}-\d\d-\d\d$/.test(heading))
    problems.push(`CHANGELOG.md begins with "${heading}", not with "## ${version}, " and the day`);
  const last = tags
    .filter((name) => name !== tag && VERSION.test(name.slice(1)))
    .map(numbers)
    .sort(compare)
    .at(-1);
  if (last && !follows(numbers(`v${version}`), last))
    problems.push(
      `${version} does not follow ${last.join(".")}: one of its numbers is to be one more, those after it 0`,
    );
  return problems;
}

/** @param {string} tag */
const numbers = (tag) => tag.slice(1).split(".").map(Number);

/** @param {number[]} a  @param {number[]} b */
const compare = (a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

/** @param {number[]} next  @param {number[]} last */
const follows = (next, last) =>
  [0, 1, 2].some((at) => next.every((value, i) => value === (i < at ? last[i] : i === at ? last[i] + 1 : 0)));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (file) => readFileSync(path.join(root, file), "utf8");
  const problems = releaseProblems(process.argv[2] ?? "", {
    version: JSON.parse(read("package.json")).version,
    citation: read("CITATION.cff"),
    changelog: read("CHANGELOG.md"),
    tags: execFileSync("git", ["tag"], { cwd: root, encoding: "utf8" }).split("\n").filter(Boolean),
  });
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
