// A cell that imports one name of the library fetches what that name needs, and not all of its entry: notebook/ has everything below it.
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../setup/run.mjs";

/** Where a name of an entry comes from: { claim: "…/dist/notebook/claim.js" }. An index holds nothing but `export … from`.
 *  @returns {Record<string, string>} */
export function sourcesOf(file) {
  const found = {};
  const text = readFileSync(file, "utf8");
  const at = (from) => path.resolve(path.dirname(file), from);
  for (const [, from] of text.matchAll(/^export \* from "(\.[^"]*)"/gm)) Object.assign(found, sourcesOf(at(from)));
  for (const [, names, from] of text.matchAll(/^export \{([^}]*)\} from "(\.[^"]*)"/gm)) {
    const inside = from.endsWith("/index.js") ? sourcesOf(at(from)) : {};
    for (const name of names.split(",").map((one) => one.trim())) {
      // A name that is changed on the way is left to the entry as a whole.
      if (name !== "" && !/ as /.test(name)) found[name] = inside[name] ?? at(from);
    }
  }
  return found;
}

const NAME = "twinformer:pieces";

/** For rolldown: the module "twinformer:pieces", { "twinformer/plot": { lossChart: () => import(…) } }.
 *  @type {import("rolldown").Plugin} */
export const piecesOfLibrary = {
  name: "names of the library, each with what it needs",
  resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
  load(id) {
    if (id !== `\0${NAME}`) return null;
    const { name, exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    const entries = Object.entries(exports).filter(([, to]) => typeof to === "object");
    const lines = entries.map(([entry, to]) => {
      const names = Object.entries(sourcesOf(path.join(root, to.default)));
      const loads = names.map(([one, file]) => `${JSON.stringify(one)}: () => import(${JSON.stringify(file)})`);
      return `${JSON.stringify(name + entry.slice(1))}: { ${loads.join(", ")} }`;
    });
    return `export const pieces = { ${lines.join(",\n")} };`;
  },
};

/** What nearly every cell needs together is one file, and not a hundred.
 *  @param {string} name  @param {string} what a pattern of paths  @param {number} priority the higher, the sooner a file belongs here */
const group = (name, what, priority) => ({
  ...{ name, priority },
  test: new RegExp(what.replaceAll("/", "[\\\\/]").replaceAll("DIST", String.raw`[\\/]dist`)),
});

export const groups = [
  // Small things of all parts, so that none drags the tensors in.
  group("base", "DIST/(text|config|format|nn/structure)/|DIST/tensor/check|/valibot/", 9),
  group("account", "DIST/account/(?!mathjs|mathml)", 8),
  group("tensor", "DIST/(tensor|kernels)/", 8),
  group("arrays", "/(d3-array|internmap)/", 8),
  group("nn", "DIST/(nn|moe)/", 7),
  group("charts", "/node_modules/(@observablehq/plot|d3-|isoformat|interval-tree)", 7),
  group("models", "DIST/models/(?!pretrained)", 6),
  group("pretrained", "DIST/models/pretrained", 5),
  group("train", "DIST/(train|data)/(?!labs)", 4),
  group("cost", "DIST/cost/", 4),
  group("tokenizers", "DIST/tokenizers/|/@huggingface/", 4),
];
