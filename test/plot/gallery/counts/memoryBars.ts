import { account, findModel, fullFineTuning, loraFineTuning, qloraFineTuning } from "../../../../lib/account/index.js";
import { memoryBars } from "../../../../lib/plot/index.js";

const llama = account(findModel("Llama-2-70B")!.config!);
const lora = { rank: 16, targets: ["q_proj", "v_proj"] };
const ways = {
  "all parameters": fullFineTuning(llama),
  LoRA: loraFineTuning(llama, lora),
  QLoRA: qloraFineTuning(llama, lora),
};
export const figure = memoryBars(
  Object.entries(ways).flatMap(([by, parts]) => parts.map((part) => ({ by, ...part }))),
  { title: "Fine-tuning Llama 2 70B", references: [{ value: 80e9, label: "one card of 80 GB" }] },
);
