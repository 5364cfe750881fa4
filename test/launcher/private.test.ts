import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Clone, jupyterPython } from "./clone.js";

// Jupyter leaves the token of its server in files that everybody may read, in a folder that nobody else may enter.
const seed = new Clone();
beforeAll(() => seed.run(["scripts/build.mjs"]).code);
afterAll(() => seed.remove());

let clone: Clone;
let home: string;
beforeEach(() => {
  clone = new Clone(seed);
  clone.program("python3", jupyterPython({ lab: "4.4.0" }));
  home = path.join(clone.root, ".jupyter");
});
afterEach(() => clone.remove());

const withUmask = (umask: string) => ["--import", `data:text/javascript,process.umask(${umask})`];

/** Starts, looks while the server runs, ends it. */
async function start(umask: string, look: () => void): Promise<void> {
  const run = clone.run([...withUmask(umask), "scripts/start.mjs", "--no-browser"], { TWINFORMER_TOKEN: "secret" });
  await run.prints(/at\s+(http\S+)\s/);
  look();
  run.child.kill("SIGINT");
  expect(await run.code).toBe(0);
}

/** Everything at and below a folder that another user could read, write or enter, links apart. */
function open(at: string): string[] {
  const about = lstatSync(at);
  if (about.isSymbolicLink()) return [];
  const here = about.mode & 0o077 ? [`${path.relative(clone.root, at)} ${(about.mode & 0o777).toString(8)}`] : [];
  return about.isDirectory() ? [...here, ...readdirSync(at).flatMap((entry) => open(path.join(at, entry)))] : here;
}

test.each(["0o000", "0o022", "0o077"])("with umask %s, nobody else can read what Jupyter keeps", async (umask) => {
  await start(umask, () => {
    expect(readdirSync(path.join(home, "runtime")).join()).toMatch(/jpserver-\d+-open\.html/);
    expect(open(home)).toEqual([]);
  });
});

test("a folder that an earlier start left open is closed, with all that is in it", async () => {
  for (const folder of ["runtime", "data/kernels", "config"]) mkdirSync(path.join(home, folder), { recursive: true });
  for (const file of ["server-8888.log", "runtime/jpserver-1-open.html", "data/notebook_secret", "config/x.json"]) {
    writeFileSync(path.join(home, file), "secret");
    chmodSync(path.join(home, file), 0o666);
  }
  for (const folder of ["", "runtime", "data", "data/kernels", "config"]) chmodSync(path.join(home, folder), 0o777);
  await start("0o022", () => expect(open(home)).toEqual([]));
});

test("modes are changed of what lies in the folder, never of what a link in it leads to", async () => {
  const theirs = path.join(clone.root, "theirs.txt");
  writeFileSync(theirs, "of others");
  chmodSync(theirs, 0o644);
  mkdirSync(home);
  symlinkSync(theirs, path.join(home, "link"));
  await start("0o022", () => expect(lstatSync(theirs).mode & 0o777).toBe(0o644));
});

test.each([".jupyter", ".jupyter/runtime"])("a link in the place of %s is one sentence", async (place) => {
  const elsewhere = path.join(clone.root, "elsewhere");
  mkdirSync(elsewhere);
  chmodSync(elsewhere, 0o755);
  mkdirSync(path.dirname(path.join(clone.root, place)), { recursive: true });
  symlinkSync(elsewhere, path.join(clone.root, place));
  const run = clone.run(["scripts/start.mjs", "--no-browser"]);
  expect(await run.code).toBe(1);
  expect(run.output).toMatch(new RegExp(`^\\S.*${place} is a symbolic link, and a folder is needed there: .*\\n$`));
  expect(readdirSync(elsewhere)).toEqual([]);
  expect(lstatSync(elsewhere).mode & 0o777).toBe(0o755);
  expect(existsSync(path.join(clone.root, "asked.json"))).toBe(false);
});
