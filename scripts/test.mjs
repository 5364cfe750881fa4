import { onGoodNode } from "./setup/node.mjs";
// npm test [-- STAGE… --quick]: all checks; npm run check: those that take seconds.
onGoodNode(() => import("./test/main.mjs").then(({ test }) => test(process.argv.slice(2))));
