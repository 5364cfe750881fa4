/** Before each file of tests: a property that fails need not be shown at its smallest. */

import fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
