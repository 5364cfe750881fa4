import { readFileSync } from "node:fs";
import path from "node:path";
import { npm, Problem, root, step, tail } from "./run.mjs";

const packagesIn = (file) => JSON.parse(readFileSync(path.join(root, file), "utf8")).packages;

/** True where node_modules holds what package-lock.json asks for. npm keeps a lock file of its own inside node_modules,
 *  written last: an install that was killed has none, and one for an older lock file differs. */
export function installed() {
  let wanted, present;
  try {
    wanted = packagesIn("package-lock.json");
    present = packagesIn("node_modules/.package-lock.json");
  } catch {
    return false;
  }
  for (const [name, entry] of Object.entries(wanted)) {
    if (!name.startsWith("node_modules/")) continue; // the project itself
    const have = present[name];
    if (!have && !entry.optional) return false; // optional packages are for other platforms
    if (have && (have.version !== entry.version || have.integrity !== entry.integrity)) return false;
  }
  return Object.keys(present).every((name) => name in wanted);
}

export async function install() {
  const { code, output } = await step("Installing packages from package-lock.json (npm ci)", async () => {
    const result = await npm(["ci", "--include=dev", "--no-audit", "--no-fund"]);
    if (result.code !== 0) throw new Problem(`npm ci failed:\n${tail(result.output)}`);
    return result;
  });
  return { code, output };
}
