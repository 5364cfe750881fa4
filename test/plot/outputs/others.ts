/** What the package exports and is no output, or none with words of the user. */

/** Exported, and no output with words of the user: what is measured on a machine has none. */
const machine = ["machineFigure", "machineFindings", "machineText", "measureMachine", "measureSteps"];
const readers = ["readLoad", "readLog", "readRouter", "readTable"];
/** Exported, and no output: rows of a lab, and what they cost. */
const crossover = ["clockDuels", "crossoverCells", "crossoverConfig", "crossoverCosts", "denseWorth"];
/** Exported, and no output: what a text uses of a model, and parts of it taken away or trained. */
const experts = [
  ...["adaptExperts", "choicesOn", "drawEach", "expertUse", "hiddenUse", "largest", "mostUsed", "pruneExperts"],
  ...["pruneHidden", "relevantExperts", "sameExpert"],
];
/** Exported, and outputs with words of this project alone. */
const interview = [
  "diagnosisTable",
  "evening",
  "interview",
  "interviewProofs",
  "interviewThemes",
  "museum",
  "patient",
  "quiz",
];
export const others = [
  ...["readAsset", ...experts, ...interview],
  ...["Figure", "HtmlFigure", "KnobsFigure", "OpenedModel", "liveDisplay", "seconds", "shortForm"],
  ...machine,
  ...crossover,
  ...readers,
];
