/** All ways to choose K of E experts, and the experts behind the number of one. No tensor is needed here: page and worker both count so. */

/** In the order of a dictionary: of 3 experts two each are [0, 1], [0, 2], [1, 2]. */
export function choicesOf(nExpert: number, topK: number): number[][] {
  if (topK === 0) return [[]];
  return Array.from({ length: nExpert }, (_, first) => first).flatMap((first) =>
    choicesOf(nExpert - first - 1, topK - 1).map((rest) => [first, ...rest.map((e) => e + first + 1)]),
  );
}

/** Which of `choices` has these experts, in whatever order; -1 where none has. */
export function choiceOf(choices: readonly (readonly number[])[], experts: readonly number[]): number {
  const sorted = [...experts].sort((a, b) => a - b);
  return choices.findIndex((choice) => choice.length === sorted.length && choice.every((e, k) => e === sorted[k]));
}
