/** Before each file of tests: the random input of properties is the same in each run of `npm test`, so that a commit which passed passes again.
 *  `npm test -- unit --seed 7` takes other input. */

import fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.TWINFORMER_SEED ?? 1) });
