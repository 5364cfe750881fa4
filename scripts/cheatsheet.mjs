import { onGoodNode } from "./setup/node.mjs";
// npm run cheatsheet: writes docs/cheatsheet.svg, and docs/cheatsheet.pdf from it by a Chromium.
onGoodNode(() => import("./docs/pdf.mjs").then(({ cheatsheetPdf }) => cheatsheetPdf()));
