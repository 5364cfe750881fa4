/** This machine: prediction beside measurement. */
export { type Machine, type MachineOptions, type MachineRow, measureMachine, type PartRow } from "./machine.js";
export { machineFigure, machineFindings, machineText } from "./text.js";
