import { onGoodNode } from "./setup/node.mjs";
// npm run machine -- [--json] [--OPTION VALUE…]: what this machine should be able to do, beside what it does.
onGoodNode(() =>
  import("./setup/script.mjs").then(({ runScript }) => runScript("scripts/machine/main.ts", process.argv.slice(2))),
);
