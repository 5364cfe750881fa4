/** `npm run interop -- framework`: a page of Observable Framework with figures of files in CSV, from the packed package in an empty
 *  folder: built, opened in Chromium, light and dark, and looked at. Writes its part of docs/interop.md. Installs Framework from npm. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { names, programs, writeFiles } from "../../test/package/figures.js";
import { figuresIn, launch, visit } from "../../test/package/visit.js";
import { npm, root, run, tail } from "../setup/run.mjs";
import { replacePart } from "./part.js";

const FRAMEWORK = "1.13.4";

const folder = mkdtempSync(path.join(tmpdir(), "twinformer framework "));
const browser = await launch();
if (!browser) throw new Error("interop: there is no Chromium: install one, or let CHROMIUM name it");
try {
  const install = ["install", "--no-audit", "--no-fund", "--prefer-offline"];
  await must(npm(["pack", "--pack-destination", folder], { cwd: root }));
  const [tarball] = readdirSync(folder);
  const page = path.join(folder, "page");
  const source = path.join(page, "src");
  writeFiles(source);
  writeFileSync(path.join(page, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await must(npm([...install, path.join(folder, tarball), `@observablehq/framework@${FRAMEWORK}`], { cwd: page }));

  const program = programs(page);
  writeFileSync(path.join(source, "figures.js"), program("figures.js"));
  writeFileSync(path.join(source, "index.md"), `# Figures\n\n\`\`\`js\n${program("framework.js")}\`\`\`\n`);
  const since = performance.now();
  const observable = path.join(page, "node_modules/@observablehq/framework/dist/bin/observable.js");
  const env = { ...process.env, OBSERVABLE_TELEMETRY_DISABLE: "true" };
  await must(run(process.execPath, [observable, "build"], { cwd: page, env }));
  const seconds = Math.round((performance.now() - since) / 1000);

  const problems: string[] = [];
  const inks = new Set<string>();
  for (const colorScheme of ["light", "dark"] as const) {
    const { page: shown, trouble } = await visit(browser, path.join(page, "dist"), { colorScheme });
    const seen = await figuresIn(shown, names.length);
    mkdirSync(path.join(root, "build/framework"), { recursive: true });
    await shown.screenshot({ path: path.join(root, `build/framework/${colorScheme}.png`), fullPage: true });
    problems.push(...trouble.map((line) => `${colorScheme}: ${line}`));
    const found = seen.map(({ name }) => name).join(", ");
    if (found !== names.join(", ")) problems.push(`${colorScheme}: the page shows ${found}`);
    for (const { name, words, width, height, ink } of seen) {
      if (words < 5 || width < 300 || height < 100)
        problems.push(`${colorScheme}: ${name} has ${words} words on ${width} by ${height} pixels`);
      inks.add(`${colorScheme} ${ink}`);
    }
  }
  const colors = (scheme: string) =>
    [...inks].filter((ink) => ink.startsWith(scheme)).map((ink) => ink.slice(6).trim());
  if (colors("light").some((ink) => colors("dark").includes(ink)))
    problems.push("the figures have the same ink on a light and on a dark page");

  const [chromium] = browser.version().split(".");
  const result =
    problems.length === 0
      ? `The page shows ${names.length} figures, with their words, in the colors of the theme; the console has no error.`
      : `What was wrong:\n\n${problems.map((line) => `- ${line}`).join("\n")}`;
  const text = `Made by \`npm run interop -- framework\` with Framework ${FRAMEWORK} and Chromium ${chromium}.

The page of [plots.md](plots.md) is built in an empty folder with the packed package and files in CSV, and opened light and dark.
${result}`;
  console.log(`${text}\nIts build took ${seconds} s.`);
  const file = path.join(root, "docs/interop.md");
  writeFileSync(file, replacePart(readFileSync(file, "utf8"), text));
  if (problems.length > 0) process.exitCode = 1;
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

async function must(running: ReturnType<typeof run>): Promise<void> {
  const { code, output } = await running;
  if (code !== 0) throw new Error(tail(output, 60) as string);
}
