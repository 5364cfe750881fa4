import { account, bytesForUsers, findModel } from "../../../../lib/account/index.js";
import { copiesAdapters } from "../../../../lib/plot/index.js";

const model = account(findModel("GPT-3")!.config!);
export const figure = copiesAdapters(bytesForUsers(model, [1, 10, 100, 1000], { rank: 4 }));
