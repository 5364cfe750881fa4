import { pretrained } from "../../../../lib/models/index.js";
import { routersIn } from "../../../../lib/moe/index.js";
import { similarity } from "../../../../lib/plot/index.js";

const { model } = await pretrained("moe");
const [first] = routersIn(model);
const vectors = first.weight!.toArray() as number[][]; // a row an expert: what it looks for in a token
export const figure = similarity(vectors.map((vector, expert) => ({ expert, vector })));
