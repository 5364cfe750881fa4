import { cpSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { root } from "../../scripts/setup/run.mjs";
import { entries, inProject, project, tools, write } from "./project.js";

/** Builds `script` with webpack; gives its warnings and errors, none of which there should be. */
function build(name: string, target: "node" | "web", script: string): Promise<string> {
  write(`${name}.js`, script);
  const options = {
    ...{ mode: "production", target, entry: `./${name}.js`, context: project, experiments: { outputModule: true } },
    output: { path: path.join(project, `${name} packed`), filename: "main.mjs", module: true, chunkFormat: "module" },
    optimization: { minimize: false },
    performance: { hints: false }, // the whole package is larger than webpack likes
  };
  const webpack = pathToFileURL(path.join(tools, "webpack/lib/index.js")).href;
  const program = `
    import webpack from ${JSON.stringify(webpack)};
    webpack(${JSON.stringify(options)}, (error, stats) =>
      process.stdout.write(error ? error.stack : stats.toString({ all: false, errors: true, warnings: true })));`;
  return inProject(process.execPath, ["--input-type=module", "-e", program]);
}

const all = entries.map((entry, i) => `import * as e${i} from "${entry}"; console.log(Object.keys(e${i}).length);`);

test.each(["node", "web"] as const)("webpack packs every entry for %s and has nothing to remark", async (target) => {
  expect(await build(`all-${target}`, target, all.join("\n"))).toBe("");
});

test("a program of Node that webpack packed finds Moby Dick where its package is installed, and says so where it is not", async () => {
  const script = `
    import { mobyDickText } from "twinformer/data";
    mobyDickText().then((text) => console.log(text.length), (error) => console.log(error.message));`;
  expect(await build("whale", "node", script)).toBe("");
  const main = path.join(project, "whale packed/main.mjs");
  expect(await inProject(process.execPath, [main])).toMatch(
    /^mobyDick needs the package .*: install it with "npm install .*"\n$/,
  );
  const packages = "node_modules/@stdlib"; // the text is in one of them, what reads it in others
  cpSync(path.join(root, packages), path.join(project, "whale packed", packages), { recursive: true });
  expect(Number(await inProject(process.execPath, [main]))).toBeGreaterThan(1e6);
});
