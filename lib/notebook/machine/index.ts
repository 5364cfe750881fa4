/** This machine: prediction beside measurement. */
export { type Machine, type MachineOptions, type MachineRow, measureMachine, type PartRow } from "./machine.js";
export { measureSteps, type StepsOptions, type StepsRow } from "./measure.js";
export { machineFigure, machineFindings, machineText } from "./text.js";
