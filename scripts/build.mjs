import { onGoodNode } from "./setup/node.mjs";
// npm run build: installs where needed and compiles lib/ to dist/ where it is stale.
onGoodNode(() => import("./setup.mjs").then(({ setup }) => setup()));
