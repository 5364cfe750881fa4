import { account, DTYPES, findModel, weightBytes } from "../../../../lib/account/index.js";
import { memoryByDtype } from "../../../../lib/plot/index.js";

const mixtral = account(findModel("Mixtral-8x7B")!.config!);
export const figure = memoryByDtype(
  DTYPES.map((dtype) => ({ by: "Mixtral-8x7B", dtype, bytes: weightBytes(mixtral, dtype) })),
  {
    references: [
      { value: 24e9, label: "RTX 4090" },
      { value: 80e9, label: "H100" },
    ],
  },
);
