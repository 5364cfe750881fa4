/** The file system of the editor's compiler: texts in memory, where nothing changes but what the converter puts on top. */

import typescript from "@tslab/typescript-for-tslab"; // CommonJS: Node sees no names in it
import type { System } from "@tslab/typescript-for-tslab";

/** Where the cells lie, as for the kernel; the worker that runs them calls it so, too. */
const HOME = "/notebooks";
const COMPILER = "/node_modules/@tslab/typescript-for-tslab/lib/typescript.js";

const texts = new Map<string, string>();
const folders = new Map<string, Set<string>>([
  ["/", new Set()],
  [HOME, new Set()],
]);

/** Puts files into it, by their whole paths. */
export function addFiles(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    texts.set(path, text);
    for (let at = path; at !== "/";) {
      const above = at.replace(/\/[^/]*$/, "") || "/";
      const names = folders.get(above);
      if (names) names.add(at);
      else folders.set(above, new Set([at]));
      at = above;
    }
  }
}

const nothing = (): void => {};

const system: System = {
  args: [],
  newLine: "\n",
  useCaseSensitiveFileNames: true,
  write: nothing,
  exit: nothing,
  readFile: (path) => texts.get(path),
  writeFile: nothing,
  resolvePath: (path) => path,
  fileExists: (path) => texts.has(path),
  directoryExists: (path) => folders.has(path),
  createDirectory: nothing,
  // All in a folder "@types" counts as imported: here that is Node alone, as d3 would be parsed for each notebook.
  getDirectories: (path) => (path === "/node_modules/@types" ? ["node"] : []),
  readDirectory: () => [],
  getExecutingFilePath: () => COMPILER,
  getCurrentDirectory: () => HOME,
  getModifiedTime: () => new Date(0),
  watchFile: () => ({ close: nothing }),
  watchDirectory: () => ({ close: nothing }),
};

// tslab's converter reads `ts.sys` as it is loaded: so this module has to come before it. In a page there is none yet.
(typescript as unknown as { setSys: (system: System) => void }).setSys(system);
