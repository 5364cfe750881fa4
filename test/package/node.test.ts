import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, inject, test } from "vitest";
import { engine, entries, expectProgramWorked, inProject, project, sourceText, write } from "./project.js";

test("plain Node runs a program that uses every entry", async () => {
  write("program.js", sourceText); // no type annotation in it: the same text is JavaScript
  write("main.js", `import { program } from "./program.js";\nconsole.log(JSON.stringify(await program()));\n`);
  expectProgramWorked(JSON.parse(await inProject(process.execPath, ["main.js"])));
});

test("the engine computes without any other package being there", async () => {
  const counted = await Promise.all(
    engine.map(async (entry) => {
      const code = `import * as all from "${entry}"; console.log(Object.keys(all).length);`;
      return Number(await inProject(process.execPath, ["--input-type=module", "-e", code], inject("bare")));
    }),
  );
  for (const count of counted) expect(count).toBeGreaterThan(2);
  const code = `
    import { matmul, tensor, kernelName } from "twinformer";
    console.log(matmul(tensor([[1, 2]]), tensor([[3], [4]])).item(), kernelName());`;
  const printed = await inProject(process.execPath, ["--input-type=module", "-e", code], inject("bare"));
  expect(printed).toMatch(/^11 (relaxed|simd)\n$/);
});

test("without mathjs a model is counted, its formula printed, and `formula` says what to install", async () => {
  const folder = mkdtempSync(path.join(inject("bare"), "..", "without mathjs "));
  const [modules, all] = [path.join(folder, "node_modules"), path.join(project, "node_modules")];
  mkdirSync(modules);
  for (const name of readdirSync(all))
    if (name !== "mathjs" && name !== "twinformer" && !name.startsWith("."))
      symlinkSync(path.join(all, name), path.join(modules, name), "junction");
  cpSync(path.join(all, "twinformer"), path.join(modules, "twinformer"), { recursive: true });
  const config = { model_type: "twinformer", vocabSize: 3, blockSize: 4, nLayer: 1, nHead: 1, dModel: 2 };
  writeFileSync(path.join(folder, "config.json"), JSON.stringify(config));
  const command = path.join(modules, "twinformer/scripts/twinformer.mjs");
  expect(await inProject(process.execPath, [command, "count", "config.json", "--formula"], folder)).toMatch(/^total /m);
  const code = `
    import { account, formula } from "twinformer/account";
    const counted = account(${JSON.stringify(config)});
    await formula(counted).catch((error) => console.log(String(counted.total), error.message));`;
  const printed = await inProject(process.execPath, ["--input-type=module", "-e", code], folder);
  expect(printed).toMatch(/^\d+ formula needs the package mathjs: npm install mathjs\n$/);
});

test("workers that own experts start from the package, and do not keep the program alive", async () => {
  const code = `
    import { Generator, randn } from "twinformer";
    import { MoE } from "twinformer/moe";
    import { ExpertWorkers, placeExperts } from "twinformer/parallel";
    const moe = new MoE(8, 16, { rng: new Generator(1), nExpert: 4, topK: 2 }).eval();
    const x = randn([10, 8], new Generator(2));
    const { y } = await ExpertWorkers.start(moe, placeExperts(4, { devices: 2 }), { copies: "expert" }).forward(x);
    console.log(JSON.stringify(y.toArray()) === JSON.stringify(moe.forward(x).toArray()));`;
  expect(await inProject(process.execPath, ["--input-type=module", "-e", code])).toBe("true\n");
});

test("nothing but the entries can be imported", async () => {
  const code = `
    for (const inside of ["twinformer/dist/index.js", "twinformer/tensor", "twinformer/kernels"])
      await import(inside).then(() => console.log("imported", inside), (error) => console.log(error.code));
    console.log((await import("twinformer/package.json", { with: { type: "json" } })).default.name);`;
  const printed = await inProject(process.execPath, ["--no-warnings", "--input-type=module", "-e", code]);
  expect(printed.trim().split("\n")).toEqual([...Array<string>(3).fill("ERR_PACKAGE_PATH_NOT_EXPORTED"), "twinformer"]);
  expect(entries).toHaveLength(12);
});
