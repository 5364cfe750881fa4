/** What notebooks need around the models: outputs that move, a training cell that can be stopped, claims. */
export { claim, type ClaimValue } from "./claim.js";
export { display, type Displayable, liveDisplay, type LiveDisplay, type Picture } from "./display.js";
export { graphFigure } from "./graphFigure.js";
export { moduleTree } from "./moduleTree.js";
export { tensorFigure } from "./tensorFigure.js";
export { seconds, shortForm } from "./short.js";
export { trainLive, type LiveRow, type StopReason, type TrainLiveOptions, type TrainLiveResult } from "./trainLive.js";
