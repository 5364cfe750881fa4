import { onGoodNode } from "./setup/node.mjs";
// npm run bench -- [SUITE…] [--json]: measures against the peers, in one run.
onGoodNode(() =>
  import("./setup/script.mjs").then(({ runScript }) => runScript("scripts/bench/main.ts", process.argv.slice(2))),
);
