import { onGoodNode } from "./setup/node.mjs";
// npm run labs [-- NAME…]: the experiments with many seeds, recorded in assets/labs.
onGoodNode(() =>
  import("./setup/script.mjs").then(({ runScript }) => runScript("scripts/labs/main.ts", process.argv.slice(2))),
);
