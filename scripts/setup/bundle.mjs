import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "./run.mjs";

/** Packs the compiled modules into dist/node/: a file for each entry of package.json, and what several of them share.
 *
 *  Node opens, reads and links one module after another, over a millisecond each, and `twinformer` has some seventy: most of
 *  the time of a cold import. So the condition "node" in package.json leads here. Bundlers get the modules themselves, which
 *  they know to leave out where nothing is used; the two never meet in one program, as each tool follows one condition.
 *  It keeps its names; source maps are with the modules. */
export async function bundle() {
  // Here and not above: a clone whose packages are not installed yet reads this file, too.
  const { rolldown } = await import("rolldown");
  const dist = path.join(root, "dist");
  const { exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const entries = Object.values(exports)
    .filter(({ node }) => node)
    .map(({ node, default: compiled }) => [path.basename(node, ".js"), path.join(root, compiled)])
    .filter(([, compiled]) => existsSync(compiled));
  const packed = await rolldown({
    input: Object.fromEntries(entries),
    platform: "neutral",
    external: (id) => !id.startsWith(".") && !path.isAbsolute(id),
    plugins: [
      {
        name: "kernels in base64",
        load: (id) => (/kernels[\\/]moduleBytes\.js$/.test(id) ? inBase64() : null),
      },
    ],
  });
  await packed.write({
    dir: path.join(dist, "node"),
    cleanDir: true,
    comments: { legal: false, annotation: true, jsdoc: false }, // annotations are for bundlers, which take these files for a program of Node
    chunkFileNames: "shared/[name].js",
    // Every entry but one needs the tensors, and a program with tensors soon has layers: one file for all of that.
    codeSplitting: { groups: [{ name: "engine", test: /dist[\\/](kernels|tensor|nn)[\\/]/ }] },
  });
  await packed.close();
}

/** lib/kernels/moduleBytes.ts for Node, which reads base64 in a tenth of the time: some 5 ms of a cold process. */
function inBase64() {
  const builds = ["relaxed", "simd"].map((name) => {
    const bytes = readFileSync(path.join(root, `kernels/dist/kernels.${name}.wasm`));
    return `${name}: "${bytes.toString("base64")}"`;
  });
  return `
    const builds = { ${builds.join(", ")} };
    export const moduleBytes = (name) => new Uint8Array(Buffer.from(builds[name], "base64"));`;
}
