/** Expert parallelism: experts on several devices, what must be sent, and the same for real on workers. */
export { allToAll, type AllToAll, type AllToAllOptions, type Copies } from "./allToAll.js";
export { type LimitOptions, type LimitRow, machineLimits } from "./limits.js";
export { type Chosen, chosenExperts } from "./owners.js";
export { type ClusterOptions, machineOf, placeExperts, type Placement } from "./placement.js";
export { type Projection, projectExperts, type ProjectOptions } from "./project.js";
export { deviceLoads, overloadOf, placeReplicas, type ReplicaOptions } from "./replicas.js";
export { ExpertWorkers, type ParallelPass, type WorkerOptions } from "./workers.js";
