import { onGoodNode } from "../setup/node.mjs";
// npm run teaching [-- --short]: writes the answers of docs/teaching.md from executed notebooks, and the sizes measured here.
onGoodNode(() => import("./main.mjs").then(({ teaching }) => teaching(process.argv.slice(2))));
