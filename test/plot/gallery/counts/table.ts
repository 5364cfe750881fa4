import { countParameters, twins } from "../../../../lib/models/index.js";
import { table } from "../../../../lib/plot/index.js";

const { dense, moe } = twins({ vocabSize: 65, blockSize: 64, nLayer: 4, nHead: 4, dModel: 64, nExpert: 8, topK: 2 });
const rows = [
  { model: "dense", ...countParameters(dense) },
  { model: "MoE", ...countParameters(moe) },
];

export const figure = table(rows, {
  title: "What the twins have, and what works on one token",
  columns: { model: "", total: "parameters", active: "active parameters" },
});
