export { loadEpochs } from './load-epochs.ts';
export { type FactsQuery, loadFacts, type Who } from './load-facts.ts';
export { type MembershipOf, membershipsOf } from './memberships-of.ts';
export { type LoadedFacts, parseFacts, type TenantLimits } from './parse-facts.ts';
