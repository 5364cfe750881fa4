import { onGoodNode } from "./setup/node.mjs";
// npm run world: tokens per second that others measured, beside the bound.
onGoodNode(() =>
  import("./setup/script.mjs").then(({ runScript }) => runScript("scripts/docs/printWorld.ts", process.argv.slice(2))),
);
