import { onGoodNode } from "./setup/node.mjs";
// npm run pretrain [-- NAME…] [--measure]: trains the models of assets/models.
onGoodNode(() =>
  import("./setup/script.mjs").then(({ runScript }) => runScript("scripts/pretrain/main.ts", process.argv.slice(2))),
);
