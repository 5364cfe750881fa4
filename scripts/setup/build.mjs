import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bundle } from "./bundle.mjs";
import { Problem, root, run, step, tail } from "./run.mjs";
import { shorten } from "./sourceMaps.mjs";

const lib = path.join(root, "lib");
const dist = path.join(root, "dist");
const stamp = path.join(dist, ".sources");

const filesUnder = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();

/** A hash of everything that decides what dist/ holds. */
function sources() {
  const hash = createHash("sha256");
  const tools = ["typescript", "rolldown"].map((name) => `node_modules/${name}/package.json`);
  const settings = [
    "package.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "scripts/setup/bundle.mjs",
    "scripts/setup/sourceMaps.mjs",
  ];
  for (const file of [...tools, ...settings, ...filesUnder(lib).map((f) => `lib/${f}`)]) {
    hash.update(`${file}\n`).update(readFileSync(path.join(root, file)));
  }
  return hash.digest("hex");
}

export function built() {
  try {
    return readFileSync(stamp, "utf8") === sources();
  } catch {
    return false;
  }
}

/** Says that dist/ is what the sources make. */
export const markBuilt = (hash = sources()) => writeFileSync(stamp, hash);

/** Outputs whose source file was renamed or removed would still be imported: the compiler leaves them lying. */
function removeOrphans() {
  if (!existsSync(dist)) return;
  for (const file of filesUnder(dist)) {
    if (file.split(path.sep)[0] === "node") continue; // written anew as a whole, by bundle()
    const name = file.replace(/(\.d\.ts|\.js|\.js\.map)$/, "");
    if (name !== file && !existsSync(path.join(lib, `${name}.ts`))) rmSync(path.join(dist, file));
  }
}

/** Compiles lib/ to dist/, and bundles that for Node. TypeScript is called by its path: `npx tsc` is the 5.0.4 that the notebook kernel brings. */
export function build() {
  return step("Building dist/", async () => {
    const hash = sources(); // before compiling: an edit made meanwhile makes the next build stale, as it should
    rmSync(stamp, { force: true });
    removeOrphans();
    // The compiler's own memory of what is up to date knows nothing of outputs that were deleted by hand.
    if (!existsSync(path.join(dist, "index.js"))) rmSync(path.join(dist, ".tsbuildinfo"), { force: true });
    const tsc = path.join(root, "node_modules/typescript/lib/tsc.js");
    const { code, output } = await run(process.execPath, [tsc, "-p", "tsconfig.build.json"]);
    if (code !== 0) throw new Problem(`lib/ does not compile:\n${tail(output, 40)}`);
    await shorten(dist);
    await bundle();
    markBuilt(hash);
  });
}
