import { account, componentRows } from "../../../../lib/account/index.js";
import { twinBlocks } from "../../../../lib/plot/index.js";

const config = { vocabSize: 512, blockSize: 128, nLayer: 4, nHead: 4, dModel: 128 };
const rowsOf = (router: object) => componentRows(account({ model_type: "twinformer", ...config, ...router }));
export const figure = twinBlocks(
  { dense: rowsOf({}), moe: rowsOf({ nExpert: 8, topK: 2 }) },
  { nLayer: 4, nExpert: 8, topK: 2 },
);
