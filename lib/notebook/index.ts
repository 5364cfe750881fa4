/** What notebooks need around the models: outputs that move, a training cell that can be stopped, claims. */
export { check } from "./check.js";
export { claim, type ClaimResult, type ClaimValue, type Verdict } from "./claim.js";
export type { ClaimId } from "./claims/ledger.js";
export {
  type ClockDuel,
  clockDuels,
  type Contract,
  type CrossoverCell,
  crossoverCells,
  crossoverConfig,
  type CrossoverCost,
  crossoverCosts,
  type CrossoverLoss,
  type CrossoverModel,
  type DenseWorth,
  denseWorth,
} from "./crossover/index.js";
export { display, liveDisplay, type LiveDisplay } from "./display.js";
export { graphFigure } from "./graphFigure.js";
export {
  type Machine,
  machineFigure,
  machineFindings,
  type MachineOptions,
  type MachineRow,
  machineText,
  measureMachine,
  measureSteps,
  type PartRow,
  type StepsOptions,
  type StepsRow,
} from "./machine/index.js";
export { adaptExperts, type AdaptExpertsOptions } from "./experts/adaptExperts.js";
export { choicesOn, type MeetingRow, sameExpert, type TokenChoices } from "./experts/choices.js";
export { pruneExperts, pruneHidden } from "./experts/prune.js";
export {
  drawEach,
  expertUse,
  type ExpertUse,
  hiddenUse,
  largest,
  mostUsed,
  relevantExperts,
  type UseOptions,
} from "./experts/use.js";
export { evening, interview, interviewProofs, interviewThemes } from "./interview/interview.js";
export { myth } from "./interview/myth.js";
export { type Quiz, quiz } from "./interview/quiz.js";
export { diagnosisTable, museum, patient } from "./interview/hunt/patient.js";
export { moduleTree } from "./moduleTree.js";
export { tensorFigure } from "./tensorFigure.js";
export { openModel, OpenedModel, type OpenModelOptions } from "./opened/open.js";
export { type OneLayer, Routed } from "./opened/routed.js";
export type { Capacity } from "./opened/rows.js";
export type { TextToIds } from "./opened/tokens.js";
export type { DtypeRow, TensorRow } from "./opened/weights.js";
export { readAsset } from "./readAsset.js";
export { seconds, shortForm } from "./short.js";
export type { LiveRow, StopReason } from "./live/row.js";
export { table, type TableColumn, type TableOptions } from "../plot/index.js";
export type { Displayable, Picture } from "./picture.js";
export { trainLive, type TrainLiveOptions, type TrainLiveResult } from "./live/trainLive.js";
