import { crossoverCells, crossoverCosts, type CrossoverModel } from "../../../../lib/notebook/index.js";
import { crossoverMap } from "../../../../lib/plot/index.js";
import { lab } from "../data.js";

const losses = lab<Loss>("crossover.json");
const times = lab<Time>("crossover-times.json");
const cells = crossoverCells(losses, crossoverCosts(times, times), [500, 1000, 2000]);
export const figure = crossoverMap(cells);

interface Loss extends CrossoverModel {
  seed: number;
  step: number;
  valLoss: number;
}

interface Time extends CrossoverModel {
  trainStep: number;
}
