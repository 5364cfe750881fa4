/** What cells and the library ask of Node, in a worker of a page: fs over `Files`, path, os, process with its one signal. */

import path from "path-browserify";
import { Worker } from "./threads.js";
import type { Files } from "./files.js";

type Listener = (...args: unknown[]) => void;
type Encoding = string | { readonly encoding?: string | null } | null;

const nameOf = (encoding?: Encoding): string | null | undefined =>
  typeof encoding === "object" ? encoding?.encoding : encoding;

function fsOf(files: Files) {
  const stat = (path: string | URL) => {
    const found = files.look(path);
    if (!found)
      throw Object.assign(new Error(`ENOENT: no such file or directory, stat '${String(path)}'`), { code: "ENOENT" });
    const { isFolder, size, changed } = found;
    return { size, mtimeMs: changed, ino: 0, dev: 0, isFile: () => !isFolder, isDirectory: () => isFolder };
  };
  const readFileSync = (path: string | URL, encoding?: Encoding): string | Uint8Array => {
    const bytes = files.read(path);
    return nameOf(encoding) ? new TextDecoder().decode(bytes) : bytes;
  };
  const sync = {
    readFileSync,
    writeFileSync: (path: string | URL, content: string | Uint8Array) => files.write(path, content),
    existsSync: (path: string | URL) => files.look(path) !== null,
    mkdirSync: (path: string) => files.makeFolder(path),
    mkdtempSync: (prefix: string) => files.makeTemporary(prefix),
    readdirSync: (path: string | URL) => files.names(path),
    renameSync: (from: string, to: string) => files.move(from, to),
    rmSync: (path: string | URL) => files.remove(path),
    unlinkSync: (path: string | URL) => files.remove(path),
    statSync: stat,
  };
  const open = (path: string | URL) => {
    const bytes = files.read(path);
    const read = (into: Uint8Array, offset: number, length: number, position: number) => {
      const piece = bytes.subarray(position, position + length);
      into.set(piece, offset);
      return Promise.resolve({ bytesRead: piece.length, buffer: into });
    };
    return { stat: () => Promise.resolve(stat(path)), read, close: () => Promise.resolve() };
  };
  // Each of them promised: "readFile" for "readFileSync".
  const promised = Object.entries({ ...sync, open }).map(([name, call]) => [
    name.replace(/Sync$/, ""),
    (...args: unknown[]) => new Promise((resolve) => resolve((call as (...args: unknown[]) => unknown)(...args))),
  ]);
  const promises = Object.fromEntries(promised) as Record<string, unknown>;
  return { ...sync, promises };
}

export interface NodeShim {
  /** A module of Node, as `import` and getBuiltinModule give it; undefined where the page has none. */
  builtIn(name: string): unknown;
  readonly process: object;
  /** Presses the stop button. @returns whether something listened to it */
  interrupt(): boolean;
}

export function nodeShim(files: Files, environment: Readonly<Record<string, string>>): NodeShim {
  const fs = fsOf(files);
  const os = {
    tmpdir: () => "/tmp",
    cpus: () =>
      Array.from({ length: navigator.hardwareConcurrency || 1 }, () => ({ model: "the processor of this device" })),
    availableParallelism: () => navigator.hardwareConcurrency || 1,
    EOL: "\n",
  };
  const url = { fileURLToPath: (address: string | URL) => new URL(address).pathname };
  const modules: Readonly<Record<string, unknown>> = {
    ...{ fs, "fs/promises": fs.promises, path, os, url },
    worker_threads: { Worker },
  };
  const builtIn = (name: string): unknown => modules[name.replace(/^node:/, "")];
  const listeners: Listener[] = [];
  const on = (event: string, listener: Listener): void => {
    if (event === "SIGINT") listeners.push(listener);
  };
  const off = (event: string, listener: Listener): void => {
    const at = event === "SIGINT" ? listeners.indexOf(listener) : -1;
    if (at >= 0) listeners.splice(at, 1);
  };
  const interrupt = (): boolean => {
    const all = [...listeners];
    for (const listener of all) listener("SIGINT");
    return all.length > 0;
  };
  const process = {
    env: { ...environment },
    platform: "browser",
    pid: 1,
    versions: {},
    version: "a page",
    cwd: () => "/notebooks",
    getBuiltinModule: builtIn,
    rawListeners: (event: string) => (event === "SIGINT" ? [...listeners] : []),
    on,
    off,
    removeListener: off,
    kill: () => interrupt(),
  };
  return { builtIn, process, interrupt };
}
