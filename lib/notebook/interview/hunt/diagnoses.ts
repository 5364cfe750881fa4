/** What can be wrong with a patient of the bug hunt, and where it really was. */

export interface Diagnosis {
  readonly letter: string;
  readonly says: string;
  /** Who had it, if somebody wrote it down. */
  readonly source?: string;
}

const GITHUB = "https://github.com";

export const diagnoses = [
  { letter: "A", says: "Nothing is wrong." },
  {
    letter: "B",
    says: "A token without a place gets itself back, weighed by the router, beside the residual.",
    source: `as listed in a survey of trackers, not read by us: ${GITHUB}/huggingface/transformers/issues/37017`,
  },
  {
    letter: "C",
    says: "The noise of training is still on when the model is tested.",
    source: `as listed in a survey of teaching code: ${GITHUB}/AviSoori1x/makeMoE`,
  },
  {
    letter: "D",
    says: "Places go to whoever stands first in the batch.",
    source: `as listed in a survey of teaching code: ${GITHUB}/AviSoori1x/makeMoE`,
  },
  {
    letter: "E",
    says: "The balance loss is a number without a gradient.",
    source: `reported for NeMo Automodel: ${GITHUB}/NVIDIA-NeMo/Automodel/issues/1408`,
  },
  {
    letter: "F",
    says: "The balance loss is added twice.",
    source: `as listed in a survey of trackers, not read by us: ${GITHUB}/huggingface/trl/issues/4070`,
  },
  {
    letter: "G",
    says: "The bias that is meant for the choice is in the weights, too.",
    source: `as listed in a survey of trackers, not read by us: ${GITHUB}/yiqiao-yin/deepspeed-course/issues/26`,
  },
  {
    letter: "H",
    says: "The mean probabilities of the balance loss are taken over the wrong axis.",
    source: `a near relative, a mean that leaves one axis out, is reported for minimind: ${GITHUB}/jingyaogong/minimind/issues/797`,
  },
  { letter: "I", says: "The optimizer did not get the router's weights." },
  {
    letter: "J",
    says: "The softmax is taken after the choice, over the one logit that is left.",
    source: `as listed in a survey of trackers: ${GITHUB}/NVIDIA/Megatron-LM/issues/894`,
  },
] as const satisfies readonly Diagnosis[];

export type Letter = (typeof diagnoses)[number]["letter"];
