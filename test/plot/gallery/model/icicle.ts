import { account, findModel, partRows } from "../../../../lib/account/index.js";
import { icicle } from "../../../../lib/plot/index.js";

export const figure = icicle(partRows(account(findModel("Mixtral-8x7B")!.config!)));
