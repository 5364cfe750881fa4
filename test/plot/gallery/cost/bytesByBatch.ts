import { account, findModel } from "../../../../lib/account/index.js";
import { stepBytes } from "../../../../lib/cost/index.js";
import { bytesByBatch } from "../../../../lib/plot/index.js";

const batches = [1, 2, 4, 8, 16, 32, 64, 128];
export const figure = bytesByBatch(
  ["Mixtral-8x7B", "Llama-2-70B"].flatMap((by) => {
    const model = account(findModel(by)!.config!);
    return batches.map((batch) => ({ by, batch, ...stepBytes(model, { phase: "decode", context: 1000, batch }) }));
  }),
);
