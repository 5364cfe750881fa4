// Every entry of the package, imported as a notebook cell imports it.
import * as twinformer from "twinformer";
import * as moe from "twinformer/moe";
import * as models from "twinformer/models";
import * as data from "twinformer/data";
import * as tokenizers from "twinformer/tokenizers";
import * as train from "twinformer/train";
import * as account from "twinformer/account";
import * as cost from "twinformer/cost";
import * as parallel from "twinformer/parallel";
import * as plot from "twinformer/plot";
import * as interactive from "twinformer/interactive";
import * as notebook from "twinformer/notebook";

export { twinformer, moe, models, data, tokenizers, train, account, cost, parallel, plot, interactive, notebook };
