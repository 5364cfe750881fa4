/** The transformer and its MoE twin. */
export { type ConfigInput, type ModelConfig, modelConfig } from "../config/model.js";
export {
  Block,
  type FeedForwardPart,
  type ForwardOptions,
  type LanguageModel,
  type MakeFeedForward,
  type ModelOutput,
  Transformer,
} from "./transformer.js";
export { attentionRows, type HeadRow } from "./attentionRows.js";
export { recurrent, type RecurrentConfig, RecurrentModel } from "./recurrent.js";
export { changeRouting } from "./changeRouting.js";
export { transformer, twins } from "./twins.js";
export { countParameters, type ParameterRow, parameterRows } from "./parameters.js";
export {
  type CheckpointData,
  Decoder,
  DecoderBlock,
  type DecoderOptions,
  type DecoderOutput,
  fromCheckpoint,
  generateIds,
  type GenerateIdsOptions,
  loadPretrained,
  type Losses,
  Pretrained,
  pretrainedFiles,
  savePretrained,
  type SavePretrainedOptions,
  twinOf,
  type Trace,
} from "./pretrained/index.js";
export { pretrained, type Trained, type TrainedName, trainedNames } from "./trained.js";
export { upcycle, type UpcycleOptions } from "./upcycle.js";
