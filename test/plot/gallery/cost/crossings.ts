import { account, findModel } from "../../../../lib/account/index.js";
import { stepBytes } from "../../../../lib/cost/index.js";
import { crossings } from "../../../../lib/plot/index.js";

const batches = [1, 2, 4, 8, 16, 32, 64, 128];
export const figure = crossings(
  ["Qwen3-30B-A3B", "Qwen3-8B"].flatMap((by) => {
    const model = account(findModel(by)!.config!);
    return batches.map((batch) => {
      const { total } = stepBytes(model, { phase: "decode", context: 1000, batch });
      return { by, batch, value: total };
    });
  }),
  { yLabel: "bytes of a step", unit: "bytes" },
);
