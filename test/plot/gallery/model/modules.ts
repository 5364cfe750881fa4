import { transformer } from "../../../../lib/models/index.js";
import { modules } from "../../../../lib/plot/index.js";

const model = transformer({
  ...{ vocabSize: 512, blockSize: 128, nLayer: 4, nHead: 4, dModel: 128 },
  ...{ nExpert: 8, topK: 2 },
});
const parts = [["", model] as const, ...model.namedModules()];
export const figure = modules(
  parts.map(([path, part]) => ({
    path,
    kind: part.constructor.name,
    parameters: part.parameters().reduce((sum, { size }) => sum + size, 0),
  })),
);
