import { onGoodNode } from "./setup/node.mjs";
// npm run teaching [-- --check]: writes the answers of docs/teaching.md from executed notebooks, and the sizes measured here.
onGoodNode(() => import("./teaching/main.mjs").then(({ teaching }) => teaching(process.argv.slice(2))));
