import { account, componentRows, findModel } from "../../../../lib/account/index.js";
import { parameterBars } from "../../../../lib/plot/index.js";

export const figure = parameterBars(
  ["Mistral-7B", "Mixtral-8x7B"].flatMap((name) => componentRows(account(findModel(name)!.config!), name)),
);
