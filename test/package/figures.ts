import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { saveSafetensors } from "../../lib/index.js";
import { root } from "../../scripts/setup/run.mjs";

/** The programs of docs/plots.md by their names, word by word, from the package in a project. */
export function programs(project: string): (name: string) => string {
  const page = readFileSync(path.join(project, "node_modules/twinformer/docs/plots.md"), "utf8");
  const all = new Map(
    [...page.matchAll(/```js\n\/\/ (\w+\.js).*\n([\s\S]*?)```/g)].map(([, name, text]) => [name, text]),
  );
  return (name) => {
    const text = all.get(name);
    if (text === undefined) throw new Error(`docs/plots.md has no program ${name}`);
    return text;
  };
}

export const files = ["log.csv", "experts.csv", "switched_off.csv", "router_logits.safetensors"];

/** What a stranger has: two logs and a table in CSV, and logits in safetensors. */
export function writeFiles(folder: string): void {
  const data = path.join(root, "test/plot/gallery/data");
  mkdirSync(folder, { recursive: true });
  cpSync(path.join(data, "twins.csv"), path.join(folder, "log.csv"));
  cpSync(path.join(data, "experts.csv"), path.join(folder, "experts.csv"));
  cpSync(path.join(data, "switchedOff.csv"), path.join(folder, "switched_off.csv"));
  const { router_logits: logits } = JSON.parse(readFileSync(path.join(data, "router.json"), "utf8")) as {
    readonly router_logits: number[][][];
  };
  const shape = [logits.length, logits[0].length, logits[0][0].length];
  const tensors = saveSafetensors({ router_logits: { shape, data: logits.flat(2) } });
  writeFileSync(path.join(folder, "router_logits.safetensors"), tensors);
}

/** The names of the figures, in their order. */
export const names = ["loss", "lines", "load", "switch-off", "flow"];
