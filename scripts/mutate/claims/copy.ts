import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { hash } from "../sample.js";
import type { Edit } from "./break.js";

/** What an outcome depends on. */
const MATTERS = /^(assets|jupyter|kernels|lib|notebooks|test\/notebooks)\//;

/** What the project is made of, in a folder where it may be broken. */
export class Copy {
  /** @param state a hash of the files that matter */
  private constructor(
    readonly folder: string,
    readonly tree: string,
    readonly state: string,
  ) {}

  /** Copies what is there now, also what is not committed yet. What is built and installed is used again. */
  static make(root: string, folder: string): Copy {
    const tree = path.join(folder, "tree");
    mkdirSync(tree, { recursive: true });
    const kept = new Set(["node_modules", ".twinformer"]);
    for (const name of readdirSync(tree)) if (!kept.has(name)) rmSync(path.join(tree, name), { recursive: true });
    const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" });
    const files = listed
      .split("\n")
      .filter((name) => name !== "" && statSync(path.join(root, name), { throwIfNoEntry: false })?.isFile());
    const hashes = files.sort().map((name) => {
      const content = readFileSync(path.join(root, name));
      mkdirSync(path.dirname(path.join(tree, name)), { recursive: true });
      writeFileSync(path.join(tree, name), content);
      return MATTERS.test(name) ? name + hash(content.toString("latin1")) : "";
    });
    cpSync(path.join(root, "dist"), path.join(tree, "dist"), { recursive: true });
    const modules = path.join(tree, "node_modules");
    rmSync(modules, { recursive: true, force: true });
    mkdirSync(modules);
    for (const name of readdirSync(path.join(root, "node_modules"))) {
      // The project depends on itself: here that is the copy.
      const target = name === "twinformer" ? ".." : path.join(root, "node_modules", name);
      if (!name.startsWith(".vite")) symlinkSync(target, path.join(modules, name));
    }
    const python = path.join(root, ".twinformer");
    if (existsSync(python) && !existsSync(path.join(tree, ".twinformer")))
      symlinkSync(python, path.join(tree, ".twinformer"));
    return new Copy(folder, tree, hash(hashes.join()));
  }

  /** Does something while the edits are in place. Throws where a text is not there exactly once. */
  during<T>(edits: readonly Edit[], act: () => T): T {
    const before = new Map<string, string>();
    try {
      for (const { file, text, by } of edits) {
        const at = path.join(this.tree, file);
        const source = readFileSync(at, "utf8");
        const parts = source.split(text);
        if (parts.length !== 2) throw new Error(`"${text}" is ${parts.length - 1} times in ${file}, not once`);
        if (!before.has(at)) before.set(at, source);
        writeFileSync(at, parts.join(by));
      }
      return act();
    } finally {
      for (const [at, source] of before) writeFileSync(at, source);
    }
  }

  run(file: string, args: readonly string[]): { code: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
      cwd: this.tree,
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: { ...process.env, INIT_CWD: this.tree, NO_COLOR: "1" },
    });
    return { code: status, output: stdout + stderr };
  }
}
