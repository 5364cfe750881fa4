import { onGoodNode } from "./setup/node.mjs";
// npm run golden -- DIR: runs every reference case under DIR through the library.
onGoodNode(() =>
  import("./setup/script.mjs").then(({ runScript }) => runScript("scripts/golden/main.ts", process.argv.slice(2))),
);
