import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { build, built } from "../../scripts/setup/build.mjs";
import { npm, root, run, tail } from "../../scripts/setup/run.mjs";

declare module "vitest" {
  interface ProvidedContext {
    /** The tarball. */
    tarball: string;
    /** A project that was empty until the tarball, and mathjs beside it, were installed there by npm. */
    project: string;
    /** A folder that has the unpacked tarball as its only package: none of the dependencies. */
    bare: string;
  }
}

/** What `formula` needs beside the package. */
const { mathjs } = (JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as Manifest).devDependencies;

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Where Vite, webpack and Deno are. */
const tools = import.meta.dirname;

/** Packs the package and installs it, as a user would: outside the clone, whose node_modules would otherwise be found, too. */
export default async function setup(context: TestProject): Promise<() => void> {
  if (!built()) await build();
  const folder = mkdtempSync(path.join(tmpdir(), "twinformer package ü "));
  const [packed, project, bare] = ["packed", "project", "bare"].map((name) => path.join(folder, name));
  const unpacked = path.join(bare, "node_modules/twinformer");
  for (const made of [packed, project, unpacked]) mkdirSync(made, { recursive: true });

  await npmIn(root, "pack", "--pack-destination", packed);
  const tarball = path.join(packed, readdirSync(packed)[0]);

  const empty = { name: "empty", private: true, type: "module" };
  writeFileSync(path.join(project, "package.json"), JSON.stringify(empty));
  await npmIn(project, "install", tarball, `mathjs@${mathjs}`);

  const { code, output } = await run("tar", ["-xzf", tarball, "-C", unpacked, "--strip-components", "1"]);
  if (code !== 0) throw new Error(`the tarball cannot be unpacked:\n${output}`);

  // Not "ci": it refuses a lock file that leaves out Deno for other systems, as npm writes it.
  if (!installed()) await npmIn(tools, "install", "--no-save");
  context.provide("tarball", tarball);
  context.provide("project", project);
  context.provide("bare", bare);
  return () => rmSync(folder, { recursive: true, force: true });
}

/** Are the tools there, in the versions of package.json? */
function installed(): boolean {
  const read = (file: string) => JSON.parse(readFileSync(path.join(tools, file), "utf8")) as Record<string, unknown>;
  const wanted = Object.entries(read("package.json").dependencies as Record<string, string>);
  return wanted.every(([name, version]) => {
    const file = `node_modules/${name}/package.json`;
    return existsSync(path.join(tools, file)) && read(file).version === version;
  });
}

async function npmIn(cwd: string, ...args: string[]): Promise<void> {
  const { code, output } = await npm([...args, "--prefer-offline", "--no-audit", "--no-fund"], { cwd });
  if (code !== 0) throw new Error(`npm ${args[0]} failed:\n${tail(output)}`);
}
