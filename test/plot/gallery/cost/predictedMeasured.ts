import { compareWithWorld } from "../../../../lib/cost/index.js";
import { predictedMeasured } from "../../../../lib/plot/index.js";

// Published measurements, each with its source: docs/measurements.md.
export const figure = predictedMeasured(compareWithWorld(), {
  by: ({ by }) => `limited by ${by}`,
  name: ({ measurement }) => measurement.model,
  predicted: "bound",
  measured: ({ measurement }) => measurement.tokensPerSecond,
});
