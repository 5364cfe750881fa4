import { onGoodNode } from "../setup/node.mjs";
// npm run pages: packs what interactive figures run in a page, as text, into the *.generated.ts beside it.
onGoodNode(() => import("./main.mjs").then(({ main }) => main()));
