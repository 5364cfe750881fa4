/**
 * npm run bench -- [SUITE…] [--json] [--node24] [--chart FOLDER] [--OPTION VALUE…]
 * Runs the suites test/bench/*.bench.ts (all of them where none is named) and prints a table, or JSON with --json; with
 * --chart it draws each suite's medians to FOLDER/SUITE.svg.
 * The peers to compare with are installed into test/bench/node_modules on first use. --threads N (1): threads of ours.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { useThreads } from "../../lib/kernels/index.js";
import { barChart } from "../../test/bench/products/chart.js";
import type { BenchResult, BenchSuite } from "../../test/bench/suite.js";
import { thisMachine } from "../record/thisMachine.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const folder = path.join(root, "test/bench");

const SWITCHES = ["--json", "--node24", "--open", "--record"];
const { names, flags } = parse(process.argv.slice(2));
const json = flags.has("json");
const print = json ? () => {} : (line: string) => console.log(line);
const available = readdirSync(folder)
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => file.slice(0, -".bench.ts".length));
const unknown = names.find((name) => !available.includes(name));

if (unknown !== undefined) {
  console.error(`there is no bench suite "${unknown}"; the suites are ${available.join(", ")}`);
  process.exitCode = 1;
} else if (flags.has("node24")) {
  process.exitCode = again24(process.argv.slice(2).filter((argument) => argument !== "--node24"));
} else {
  const machine = thisMachine();
  print(
    Object.entries(machine)
      .map(([key, value]) => `${key} ${value}`)
      .join(" · "),
  );
  const results: BenchResult[] = [];
  for (const name of names.length > 0 ? names : available) {
    const suite = (await import(pathToFileURL(path.join(folder, `${name}.bench.ts`)).href)) as BenchSuite;
    if (suite.peers) install();
    try {
      // As many threads as the peers have, unless a suite says otherwise.
      useThreads(Number(flags.get("threads") ?? 1));
      const result = await suite.run({ flags, print });
      results.push(result);
      if (flags.has("chart"))
        drawTo(path.resolve(flags.get("chart") === "" ? "build/bench" : flags.get("chart")!), result);
    } catch (error) {
      // One suite that cannot run (a peer or a text is missing) does not take the others with it.
      console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
  if (json) console.log(JSON.stringify({ machine, results }, null, 2));
}

/** The suite's chart, with the machine in its subtitle. */
function drawTo(folder: string, { suite, chart }: BenchResult): void {
  if (!chart) return;
  const { cpu, node, commit, date } = thisMachine();
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${suite}.svg`);
  const figure = barChart(chart.title, `${chart.unit} · ${cpu} · Node ${node} · ${commit} · ${date}`, chart.bars);
  writeFileSync(file, figure.svg());
  print(`  drawn to ${file}`);
}

/** Words are suites, --name is a flag, and a word behind a flag other than SWITCHES is its value. */
function parse(words: string[]): { names: string[]; flags: Map<string, string> } {
  const result = { names: [] as string[], flags: new Map<string, string>() };
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (!word.startsWith("--")) result.names.push(word);
    else {
      const takesValue = !SWITCHES.includes(word) && !words[i + 1]?.startsWith("--");
      result.flags.set(word.slice(2), takesValue ? words[++i] : "");
    }
  }
  return result;
}

/** Are the peers there, in the versions of test/bench/package.json? */
function installed(): boolean {
  const { dependencies } = read<{ dependencies: Record<string, string> }>("package.json");
  return Object.entries(dependencies).every(([name, version]) => {
    const file = `node_modules/${name}/package.json`;
    return existsSync(path.join(folder, file)) && read<{ version: string }>(file).version === version;
  });
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(path.join(folder, file), "utf8")) as T;
}

/** Installs the peers where they are missing. */
function install(...packages: string[]): void {
  if (packages.length === 0 && installed()) return;
  const what = packages.length > 0 ? ["install", "--no-save", ...packages] : ["ci"];
  console.error(`installing ${packages.join(" ") || "the peers"} into test/bench/node_modules …`);
  const npm = spawnSync("npm", [...what, "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (npm.status !== 0) throw new Error("npm could not install the peers; see its message above");
}

/** Runs the same benches under Node 24, whose V8 has relaxed SIMD, from the npm package `node`. */
function again24(words: string[]): number {
  const node = path.join(folder, "node_modules/node/bin/node");
  install();
  if (!existsSync(node)) install("node@24.21.0");
  const script = fileURLToPath(import.meta.url);
  return spawnSync(node, ["--import", "tsx", script, ...words], { cwd: root, stdio: "inherit" }).status ?? 1;
}
