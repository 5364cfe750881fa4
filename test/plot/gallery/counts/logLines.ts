import { account, cacheBytes, findModel } from "../../../../lib/account/index.js";
import { logLines } from "../../../../lib/plot/index.js";

const lengths = Array.from({ length: 12 }, (_, i) => 64 * 2 ** i);
export const figure = logLines(
  ["Llama-2-7B", "Llama-3-8B", "Mistral-7B", "DeepSeek-V3"].flatMap((by) => {
    const model = account(findModel(by)!.config!);
    return lengths.map((tokens) => ({ by, x: tokens, y: cacheBytes(model, { tokens }) }));
  }),
  { title: "Keys and values kept while writing", xLabel: "tokens", yLabel: "bytes", unit: "bytes" },
);
