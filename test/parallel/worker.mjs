// The program of ExpertWorkers from its source, which Node cannot read as it is.
import { register } from "tsx/esm/api";
register();
await import("../../lib/parallel/expertWorker.ts");
