/** A share as a percentage of three digits: 0.125 is "12.5 %", 0.0004 is "0.04 %". */
export const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
