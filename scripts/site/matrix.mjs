import { onGoodNode } from "../setup/node.mjs";
// npm run site:matrix [-- --full --engine NAME --notebook NAME]: every page of the site, run to its end in every browser.
onGoodNode(() =>
  import("../setup/script.mjs").then(({ runScript }) => runScript("scripts/site/matrix.ts", process.argv.slice(2))),
);
