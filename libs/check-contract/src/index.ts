export { CAUSES, type Cause, causeSchema, REMEDIES, type Remedy, remedyOf } from './causes.ts';
export {
  CHECK_STEPS,
  type CheckPlace,
  type CheckResult,
  type CheckStep,
  type CheckStepName,
  checkStepSchema,
  readSteps,
  resultOf,
  type StepState,
} from './check-step.ts';
export { CHECK_LIMITS } from './limits.ts';
export { MAX_DETAIL, maskText } from './mask-text.ts';
