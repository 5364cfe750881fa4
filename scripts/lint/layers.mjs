// The layers of lib/ and what each may import, as data.
import path from "node:path";

/** folder under lib/ -> the folders it may import from, itself apart. `config` (plain numbers and words) is the ground floor:
 *  `account` can know what a model is told without knowing tensors. So is `text`: how words from elsewhere are shown. */
export const mayImport = {
  text: [],
  config: ["text"],
  // Files of other programs: safetensors, JSON that says nothing twice.
  format: ["text"],
  kernels: [],
  tensor: ["kernels"],
  nn: ["text", "config", "format", "tensor"],
  moe: ["config", "nn", "tensor"],
  models: ["text", "config", "format", "moe", "nn", "tensor", "data"],
  data: ["config", "tensor"],
  tokenizers: ["text", "config", "format", "nn", "data"],
  train: ["text", "config", "format", "models", "moe", "nn", "tensor", "data"],
  account: ["text", "config"],
  cost: ["text", "config", "account"],
  // Where a mixture of experts and what it costs meet: experts on several devices.
  parallel: ["text", "config", "tensor", "nn", "moe", "account", "cost"],
  cli: ["text", "config", "account", "cost"],
  plot: ["text", "format"],
  notebook: [
    "text",
    "config",
    "kernels",
    "tensor",
    "nn",
    "moe",
    "models",
    "data",
    "train",
    "account",
    "cost",
    "parallel",
    "plot",
  ],
  // Figures whose page computes with what other layers compute with. They are packed into pages: nothing here needs a kernel.
  interactive: ["text", "config", "kernels", "tensor", "moe", "account", "cost", "plot"],
  // lib/index.ts, the package's entry: the engine. The rest has entries of its own.
  index: ["kernels", "tensor", "nn"],
};

/** The layer of a file, given relative to lib/ with forward slashes; null where mayImport has no such folder. */
export function layerOf(file) {
  const [folder, ...rest] = file.split("/");
  const layer = rest.length === 0 ? folder.replace(/\.[jt]s$/, "") : folder;
  return layer in mayImport ? layer : null;
}

/** One sentence that says which arrow an import goes against, or null where it follows them.
 *  @param file the importing file, relative to lib/  @param specifier what it imports */
export function layerProblem(file, specifier) {
  const from = layerOf(file);
  if (from === null) return `lib/${file} is in no layer: add its folder to scripts/lint/layers.mjs`;
  if (/^twinformer(\/|$)/.test(specifier)) return `inside lib, import "${specifier}" by its relative path`;
  if (!specifier.startsWith(".")) return null;
  const target = path.posix.join(path.posix.dirname(file), specifier);
  if (target.startsWith("..")) return `lib may not import ${specifier}: it is outside lib and not in the package`;
  const to = layerOf(target);
  if (to === null) return `${specifier} is in no layer: add its folder to scripts/lint/layers.mjs`;
  if (to === from || mayImport[from].includes(to)) return null;
  const allowed = mayImport[from].join(", ") || "nothing of ours";
  return `${from} may not import ${to}: data flows one way, and ${from} may import ${allowed}`;
}
