/**
 * `npm run bench -- start`: from a cold process to work, with the built package as a user imports it: import of the engine, first
 * matmul (which loads the kernels), first training step. Each round is a new process.
 * `--rounds N` (9), `--clock cpu` for a busy machine.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { spread, type Clock } from "./measure.js";
import { showSpread, type BenchOptions, type BenchResult } from "./suite.js";

/** Where the package's own name leads to dist/. */
const cwd = fileURLToPath(new URL("../..", import.meta.url));
const program = (clock: Clock): string => `
  const now = () => ${clock === "wall" ? "performance.now()" : "(process.cpuUsage().user + process.cpuUsage().system) / 1000"};
  const times = [now()];
  const t = await import("twinformer");
  times.push(now());
  t.matmul(t.ones([64, 64]), t.ones([64, 64]));
  times.push(now());
  const { transformer } = await import("twinformer/models");
  const { losses, AdamW } = await import("twinformer/train");
  times.push(now());
  const model = transformer({ vocabSize: 65, blockSize: 64, nLayer: 4, nHead: 4, dModel: 64 }, { seed: 1 });
  const ids = t.fromArray(Int32Array.from({ length: 1024 }, (_, i) => (i * 7) % 65), [16, 64], "int32");
  const adam = new AdamW(model.parameters());
  const { total } = losses(model, ids, ids);
  total.backward();
  adam.step(1e-3);
  times.push(now());
  console.log(JSON.stringify(times));
`;
const STAGES = ["import of the engine", "first matmul", "import of models and train", "model and first training step"];

export function run({ flags, print }: BenchOptions): Promise<BenchResult> {
  const clock = (flags.get("clock") ?? "wall") as Clock;
  const rounds = Number(flags.get("rounds") ?? 9);
  const runs = Array.from({ length: rounds }, () => {
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", program(clock)], {
      cwd,
      encoding: "utf8",
    });
    if (child.status !== 0) throw new Error(`the cold process failed: ${child.stderr}`);
    return JSON.parse(child.stdout) as number[];
  });
  print(`start; ms by ${clock} clock; median (quartiles) of ${rounds} cold processes`);
  const rows = STAGES.map((stage, i) => {
    const ms = spread(runs.map((times) => times[i + 1] - times[i]));
    print(`  ${stage.padEnd(32)} ${showSpread(ms, 1)}`);
    return { stage, ms };
  });
  const bars = rows.map(({ stage, ms }) => ({ name: stage, value: ms }));
  const chart = { title: "From a cold process to work", unit: `ms by ${clock} clock`, bars };
  return Promise.resolve({ suite: "start", rows, chart, notes: [`clock: ${clock}`] });
}
