import { account, findModel, partRows } from "../../../../lib/account/index.js";
import { treemap } from "../../../../lib/plot/index.js";

export const figure = treemap(partRows(account(findModel("DeepSeek-V3")!.config!)));
