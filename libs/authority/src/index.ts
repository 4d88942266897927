export { factorDemandsOf } from './factor-demands-of.ts';
export { loadEpochs } from './load-epochs.ts';
export { loadFacts, loadFactsOfMany, loadGuestFacts, loadTokenFacts, type Who } from './load-facts.ts';
export { membershipsOf } from './memberships-of.ts';
export { type LoadedFacts, parseFacts, type TenantLimits } from './parse-facts.ts';
