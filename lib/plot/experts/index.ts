export { type TokenRow, tokenStrip, tokenStripByLayer, type TokenStripOptions } from "./tokenStrip.js";
export { tokenPath, type TokenPathOptions, type TokenPathRow } from "./tokenPath.js";
export { coActivation, type CoActivationOptions, type CoActivationRow } from "./coActivation.js";
export { similarity, type SimilarityOptions, type SimilarityRow } from "./similarity.js";
export { agreement, type AgreementOptions, type AgreementRow } from "./agreement.js";
export { type DomainRow, expertsByDomain, type ExpertsByDomainOptions } from "./expertsByDomain.js";
export { lorenz, type LorenzOptions, type LorenzRow } from "./lorenz.js";
export { switchOffBars, type SwitchOffRow } from "./switchOffBars.js";
export { type TopTokenRow, topTokens, type TopTokensOptions } from "./topTokens.js";
