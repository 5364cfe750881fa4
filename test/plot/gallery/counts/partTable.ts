import { account, findModel, partRows } from "../../../../lib/account/index.js";
import { partTable } from "../../../../lib/plot/index.js";

export const figure = partTable(partRows(account(findModel("Mixtral-8x7B")!.config!)));
