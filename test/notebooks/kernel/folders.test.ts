import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { Kernel } from "./kernel.js";

const root = path.resolve(import.meta.dirname, "../../..");
const ours = [process.execPath, path.join(root, "jupyter/kernels/tslab/kernel.cjs"), "kernel", "--config-path"];
const folder = mkdtempSync(path.join(tmpdir(), "twinformer-folders-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As npm does it. */
function install(name: string) {
  const at = path.join(folder, "node_modules", name);
  mkdirSync(at, { recursive: true });
  writeFileSync(path.join(at, "package.json"), JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
  writeFileSync(path.join(at, "index.js"), "exports.answer = 42;");
  writeFileSync(path.join(at, "index.d.ts"), "export const answer: number;");
}
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 3000)); // TypeScript looks at folders once a second

test("packages that are installed and written anew while the kernel runs end nothing, and can be imported", async () => {
  install("there");
  const kernel = await Kernel.start(folder, ours);
  try {
    await kernel.run('import { answer } from "there";\nconst kept = answer;');
    expect((await kernel.run('import { answer as other } from "late";')).status).toBe("error");
    for (const name of ["there", "late", "there", "another"]) {
      install(name);
      await aWhile();
    }
    expect(kernel.alive).toBe(true);
    expect(await kernel.run('import { answer as other } from "late";\nconsole.log(kept + other);')).toMatchObject({
      status: "ok",
      stdout: "84\n",
      stderr: "",
    });
  } finally {
    kernel.stop();
  }
});
