/** Published models of Hugging Face. */
export { type CheckpointData, fromCheckpoint, loadPretrained, type Losses, Pretrained } from "./load.js";
export { Decoder, DecoderBlock, type DecoderOptions, type DecoderOutput, type Trace } from "./decoder.js";
export { twinOf } from "./save/twin.js";
export { pretrainedFiles, savePretrained, type SavePretrainedOptions } from "./save/save.js";
export { generateIds, type GenerateIdsOptions } from "./generate.js";
