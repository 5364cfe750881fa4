/** Wakes the page up that this script was put into. */

import { wake } from "./wake.js";

const { notebook } = document.body.dataset;
if (notebook !== undefined) void wake(notebook);
