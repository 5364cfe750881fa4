/** The files that cells can read and write, as Node's fs has them: what the reader gave and what cells wrote is kept in memory for as long
 *  as the worker lives, all else is read from the site. Only what the library and the notebooks use of fs is here. */

import type { OwnFile } from "../messages.js";

/** A notebook is at home in the folder notebooks/ of the site, as in a clone. */
const HOME = "/notebooks";

interface Kept {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly changed: number;
}

class NotFound extends Error {
  readonly code = "ENOENT";
  constructor(path: string) {
    super(`ENOENT: no such file or directory, open '${path}'`);
  }
}

/** "../assets/a.json", "/tmp/x" or an address of the site as a path from the site's root. */
export function absolute(given: string | URL, root: string): string {
  let text = String(given);
  if (text.startsWith(root)) text = `/${text.slice(root.length)}`;
  else if (text.startsWith("file://")) text = text.slice(7);
  const parts: string[] = [];
  for (const part of (text.startsWith("/") ? text : `${HOME}/${text}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

export class Files {
  readonly #kept = new Map<string, Kept>();
  readonly #folders = new Set<string>(["/", HOME, "/tmp"]);
  /** Files of the site below assets/, with their bytes: how else would a page know what is in a folder? */
  #listed: ReadonlyMap<string, number> | undefined;
  #made = 0;

  /** @param root address of the site  @param fetchNow the bytes of an address, at once; null where there are none */
  constructor(
    readonly root: string,
    readonly fetchNow: (address: string) => Uint8Array<ArrayBuffer> | null,
  ) {}

  add(files: readonly OwnFile[]): void {
    for (const { path, bytes } of files) this.write(path, bytes);
  }

  read(given: string | URL): Uint8Array<ArrayBuffer> {
    const path = absolute(given, this.root);
    const kept = this.#kept.get(path)?.bytes;
    if (kept) return kept.slice();
    const fetched =
      this.#folders.has(path) || path.startsWith("/tmp/") ? null : this.fetchNow(`${this.root}${path.slice(1)}`);
    if (!fetched) throw new NotFound(path);
    this.#kept.set(path, { bytes: fetched, changed: 0 });
    return fetched.slice();
  }

  write(given: string | URL, content: string | Uint8Array): void {
    const path = absolute(given, this.root);
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content);
    this.#kept.set(path, { bytes, changed: Date.now() });
    for (let folder = parent(path); !this.#folders.has(folder); folder = parent(folder)) this.#folders.add(folder);
  }

  /** Size of a file, or that it is a folder; null where there is neither. */
  look(given: string | URL): { isFolder: boolean; size: number; changed: number } | null {
    const path = absolute(given, this.root);
    if (this.#folders.has(path)) return { isFolder: true, size: 0, changed: 0 };
    const kept = this.#kept.get(path);
    if (kept) return { isFolder: false, size: kept.bytes.length, changed: kept.changed };
    const size = this.#ofSite().get(path);
    if (size !== undefined) return { isFolder: false, size, changed: 0 };
    if ([...this.#ofSite().keys()].some((name) => name.startsWith(`${path}/`)))
      return { isFolder: true, size: 0, changed: 0 };
    try {
      return { isFolder: false, size: this.read(path).length, changed: 0 };
    } catch {
      return null;
    }
  }

  names(given: string | URL): string[] {
    const path = absolute(given, this.root);
    if (!this.look(path)?.isFolder) throw new NotFound(path);
    const inside = [...this.#kept.keys(), ...this.#folders, ...this.#ofSite().keys()]
      .filter((name) => name.startsWith(`${path}/`))
      .map((name) => name.slice(path.length + 1).split("/")[0]);
    return [...new Set(inside)].filter((name) => name !== "").sort();
  }

  makeFolder(given: string): void {
    this.#folders.add(absolute(given, this.root));
  }

  makeTemporary(prefix: string): string {
    const path = `${absolute(prefix, this.root)}${String(++this.#made).padStart(6, "0")}`;
    this.#folders.add(path);
    return path;
  }

  move(from: string, to: string): void {
    const [before, after] = [absolute(from, this.root), absolute(to, this.root)];
    for (const [name, kept] of [...this.#kept]) {
      if (name !== before && !name.startsWith(`${before}/`)) continue;
      this.#kept.set(after + name.slice(before.length), kept);
      this.#kept.delete(name);
    }
    if (this.#folders.delete(before)) this.#folders.add(after);
  }

  remove(given: string | URL): void {
    const path = absolute(given, this.root);
    for (const name of [...this.#kept.keys()])
      if (name === path || name.startsWith(`${path}/`)) this.#kept.delete(name);
    for (const name of [...this.#folders]) if (name === path || name.startsWith(`${path}/`)) this.#folders.delete(name);
  }

  #ofSite(): ReadonlyMap<string, number> {
    if (!this.#listed) {
      const bytes = this.fetchNow(`${this.root}assets/files.json`);
      const rows = bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as Record<string, number>) : {};
      this.#listed = new Map(Object.entries(rows).map(([name, size]) => [`/assets/${name}`, size]));
    }
    return this.#listed;
  }
}

const parent = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";

/** The bytes of an address, before anything else happens: cells call readFileSync. A worker may wait; a page may not. */
export function fetchNow(address: string): Uint8Array<ArrayBuffer> | null {
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  request.responseType = "arraybuffer";
  try {
    request.send();
  } catch {
    return null;
  }
  return request.status === 200 ? new Uint8Array(request.response as ArrayBuffer) : null;
}
