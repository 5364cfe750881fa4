import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Kernel } from "./kernel.js";

const root = path.resolve(import.meta.dirname, "../../..");
const models = path.join(root, "test/golden/data/models");
let kernel: Kernel;
beforeAll(async () => void (kernel = await Kernel.start(path.join(root, "notebooks"))), 60_000);
afterAll(() => kernel.stop());

test("a cell opens a folder, and the next lets the figures run on the routing of a text", async () => {
  const opened = await kernel.run(`
import { display, openModel } from "twinformer/notebook";
const tokenizer = { encode: (text: string) => [...text].map((c) => c.charCodeAt(0) - 97), decode: ([id]: number[]) => String.fromCharCode(id + 97) };
const opened = await openModel(${JSON.stringify(path.join(models, "qwen3moe-left"))}, { tokenizer });
display(opened);`);
  expect(opened).toMatchObject({ status: "ok", stderr: "" });
  expect(opened.html.join("")).toContain('data-family="qwen3_moe"');
  expect(opened.html.join("")).toContain("the files hold exactly these parameters");

  const routed = await kernel.run(`
const routed = await opened.routing("abcdabcdponm");
display(routed.heatMap());
display(routed.gates({ token: 2, layer: 1 }));
console.log(JSON.stringify(routed.rows.map(({ nToken }) => nToken)));`);
  expect(routed).toMatchObject({ status: "ok", stderr: "", stdout: "[12,12]\n" });
  expect(routed.html.map((html) => /data-figure="([^"]+)"/.exec(html)?.[1])).toEqual(["router", "softmax-steps"]);
});

test("a folder that is none ends in one sentence", async () => {
  const cell = await kernel.run('await openModel("no/such/folder");');
  expect(cell.status).toBe("error");
  expect(cell.stderr).toContain("Checkpoint: cannot read no/such/folder: there is no such file or folder");
});
