import type { Asked, Level, Question } from "../question.js";
import { basics } from "./basics.js";
import { first } from "./first.js";
import { hardest } from "./hardest.js";
import { practice } from "./practice.js";
import { second } from "./second.js";
import { third } from "./third.js";

const at = (level: Level, all: readonly Question[]): Asked[] => all.map((one) => ({ level, ...one }));

/** All questions of the interview, by level. */
export const questions: readonly Asked[] = [
  ...at(1, [...first, ...basics]),
  ...at(2, [...second, ...practice]),
  ...at(3, [...third, ...hardest]),
];
