import { onGoodNode } from "./setup/node.mjs";
// npm run mutate -- [FOLDER|FILE…] [--sample N] [--seed S]: which small changes of the code does no test notice?
onGoodNode(() =>
  import("./setup/script.mjs").then(({ runScript }) => runScript("scripts/mutate/main.ts", process.argv.slice(2))),
);
