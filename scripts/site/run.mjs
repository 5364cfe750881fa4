import { onGoodNode } from "../setup/node.mjs";
// npm run site [-- --short --serve --port N --out DIR]: writes the executed notebooks as linked pages with a search to build/site.
onGoodNode(() => import("./main.mjs").then(({ site }) => site(process.argv.slice(2))));
