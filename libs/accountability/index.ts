import { streamName } from '#kernel';

import { KekRetired, KekRetirementMissed, KekRotated } from './key-epochs/events.js';
import { NoticePublished } from './notice/events.js';
import { RegisterDefined } from './register-definition/events.js';

/** What the controller has declared, and must be able to show: register definition and notices. */
export * from './definition-files.js';
export * from './key-epochs/decider.js';
export * from './key-epochs/events.js';
export * from './notice/decider.js';
export * from './notice/events.js';
export * from './register-definition/decider.js';
export * from './register-definition/definition.js';
export * from './register-definition/events.js';
export { parseRegisterDefinition } from './register-definition/parse.js';

/** What stands in {@link REGISTER_STREAM} and {@link KEYS_STREAM}. */
export const accountabilityEventTypes = {
  RegisterDefined,
  NoticePublished,
  KekRotated,
  KekRetired,
  KekRetirementMissed,
};

/** The stream of the register's own declarations. */
export const REGISTER_STREAM = streamName('register');

/** The stream of the epochs of key-encryption keys. */
export const KEYS_STREAM = streamName('keys');
