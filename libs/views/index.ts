/** Read models: the port, filters, and what keeps views at the end of the log. */
export * from './port.js';
export { checkDefinition, documentCheck, isDocumentId } from './definition.js';
export { VIEWS_FAULT_POINTS, type ViewsFaultPoint } from './fault-points.js';
export { matcher, parseFilter, type Node } from './filter.js';
export type { InspectedViews } from './inspection.js';
export type { ReadableLog } from './log-pages.js';
export type { OpenedValues, OpenEnvelopes, Wanted } from './opening.js';
export {
  ProjectionRunner,
  RUNNER_DEFAULTS,
  type RunnerOptions,
  type RunnerSettings,
  type ViewReport,
} from './projection-runner.js';
export type { BuildStatus, Projections } from './projections.js';
export { ViewsWatch, type AtWork } from './views-watch.js';
export { Projector, type ProjectorState, type ProjectorStatus } from './projector.js';
export { Search, type TokenOf } from './search.js';
export { searchSecretName, Tokenizer, tokenizerOf, type SearchSecrets } from './tokens.js';
