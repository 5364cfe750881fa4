/** Files that come with this project, in its folder assets/: texts, rows of labs, trained twins. */

/** Where a file of assets/ is. In Node: in this project, or in the package where it was packed; in a page or its worker: in assets/
 *  beside it.
 *  @param path such as "labs/collapse.json"  @param from another folder than assets/: a path or an address */
export function assetPlace(path: string, from?: string | URL): string | URL {
  const isPage = typeof location === "object";
  if (from === undefined) {
    if (isPage) return new URL(`assets/${path}`, location.href);
    const here = import.meta.url; // apart, or a bundler would look for the files
    return new URL(`assets/${path}`, here.replace(/\/(?:dist|lib)\/(?!.*\/(?:dist|lib)\/).*$/, "/"));
  }
  const folder = String(from).replace(/\/?$/, "/");
  return isPage || /^(https?|file):/.test(folder)
    ? new URL(folder + path, isPage ? location.href : undefined)
    : folder + path;
}

/** The bytes of such a file. @param operation who asks, for errors  @param otherwise what helps where it is not there */
export async function assetBytes(
  operation: string,
  place: string | URL,
  otherwise: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => typeof import("node:fs") } };
  const fs = process?.getBuiltinModule?.("node:fs");
  if (fs && (typeof place === "string" || place.protocol === "file:")) {
    if (!fs.existsSync(place)) throw new Error(`${operation}: there is no ${String(place)}; ${otherwise}`);
    return new Uint8Array(fs.readFileSync(place));
  }
  const answer = await fetch(place);
  if (!answer.ok) throw new Error(`${operation}: ${String(place)} was answered by ${answer.status}; ${otherwise}`);
  return new Uint8Array(await answer.arrayBuffer());
}
