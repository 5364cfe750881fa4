import { account, findModel, formula } from "../../../../lib/account/index.js";
import { formulaBox } from "../../../../lib/plot/index.js";

export const figure = formulaBox(await formula(account(findModel("Mixtral-8x7B")!.config!)), { name: "Mixtral 8x7B" });
