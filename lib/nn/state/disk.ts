/** The files of a folder on disk. Node's modules are asked for when they are needed: an import would end up in pages. */

import { named } from "../../text/show.js";
import { fail, type Folder, type PartialFile, unreadable } from "./files.js";

/** @param given a path, or a file: URL; of a folder, or of one file */
export async function diskFolder(given: string): Promise<Folder> {
  if (typeof process === "undefined" || !("getBuiltinModule" in process))
    fail(`${named(given)} is a path, which only Node can read: give the files, or their bytes by name`);
  const fs = process.getBuiltinModule("node:fs/promises");
  const paths = process.getBuiltinModule("node:path");
  try {
    const path = given.startsWith("file:") ? process.getBuiltinModule("node:url").fileURLToPath(given) : given;
    const isFolder = (await fs.stat(path)).isDirectory();
    const folder = isFolder ? path : paths.dirname(path);
    return {
      names: isFolder ? (await fs.readdir(path)).sort() : [paths.basename(path)],
      open: (name) => openFile(name, paths.join(folder, name)),
    };
  } catch (cause) {
    unreadable(given, cause);
  }
}

/** Opened for each tensor anew, so that nothing has to be closed; a file that is not the one it was is refused. */
async function openFile(name: string, path: string): Promise<PartialFile> {
  const fs = process.getBuiltinModule("node:fs/promises");
  const orFail = <T>(promise: Promise<T>): Promise<T> => promise.catch((cause: unknown) => unreadable(path, cause));
  const then = await orFail(fs.stat(path)); // before it is opened: opening a pipe waits for somebody to write to it
  if (!then.isFile()) fail(`${named(name)} is not a file`);
  return {
    size: then.size,
    fill: async (pieces) => {
      const handle = await orFail(fs.open(path));
      try {
        const now = await orFail(handle.stat());
        const isSame = now.size === then.size && now.mtimeMs === then.mtimeMs && now.ino === then.ino;
        for (const { from, bytes } of pieces) {
          for (let at = 0, read = 0; at < bytes.length; at += read) {
            read = isSame ? (await orFail(handle.read(bytes, at, bytes.length - at, from + at))).bytesRead : 0;
            if (read === 0) fail(`${named(name)} has changed since it was opened`);
          }
        }
      } finally {
        await handle.close();
      }
    },
  };
}
