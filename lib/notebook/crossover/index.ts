/** Which wins, and when: what the rows of `npm run labs -- crossover` say. */
export {
  type ClockDuel,
  clockDuels,
  type Contract,
  CONTRACTS,
  type CrossoverCell,
  crossoverCells,
  type DenseWorth,
  denseWorth,
} from "./contracts.js";
export type { CrossoverLoss } from "./ladder.js";
export { crossoverConfig, type CrossoverCost, crossoverCosts, type CrossoverModel } from "./models.js";
