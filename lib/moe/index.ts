/** Mixtures of experts: routers, balance, dispatch. */
export { type Assignment, type Routing } from "./routing.js";
export { routeTopK, type RouterOptions, type TopKOptions, TopKRouter } from "./router.js";
export { switchBalanceLoss } from "./balance.js";
export { effectiveExperts, loadCV } from "./metrics.js";
export { combine, dispatch, type Plan, planByExpert } from "./dispatch.js";
export { Experts } from "./experts.js";
export { MoE, type MoEOptions } from "./moe.js";
export { moeByLoop } from "./loop.js";
