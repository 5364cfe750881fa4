import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { Kernel } from "./kernel.js";

const root = path.resolve(import.meta.dirname, "../../..");
let kernel: Kernel;
afterEach(() => {
  delete process.env.JUPYTER_TOKEN;
  kernel.stop();
});

test("a cell that shows its environment does not show the server's token", async () => {
  process.env.JUPYTER_TOKEN = "a secret";
  const ours = [process.execPath, path.join(root, "jupyter/kernels/tslab/kernel.cjs"), "kernel", "--config-path"];
  kernel = await Kernel.start(path.join(root, "notebooks"), ours);
  const cell = await kernel.run("console.log(JSON.stringify(process.env))");
  expect(cell.status).toBe("ok");
  expect(cell.stdout).toContain('"PATH"');
  expect(cell.stdout).not.toContain("a secret");
});
