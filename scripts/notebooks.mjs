import { onGoodNode } from "./setup/node.mjs";
// npm run notebooks [-- NAME… --variants --short --jobs N --out DIR --strip]: executes notebooks with the real kernel.
onGoodNode(() => import("./notebooks/main.mjs").then(({ notebooks }) => notebooks(process.argv.slice(2))));
