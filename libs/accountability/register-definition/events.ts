import { eventType } from '#kernel';
import { Type } from 'typebox';

import { RegisterDefinition } from './definition.js';

/**
 * What the register is for, and on which bases, from now on. The definition is the controller's own
 * public text and names no person: the contact person of the register is a natural person, whose
 * name would stay in the log in clear for ever, so it stays in the file that it is read from.
 */
export const RegisterDefined = eventType(
  'RegisterDefined',
  Type.Object(
    {
      /** 1 for the first definition, then rising by one. */
      version: Type.Integer({ minimum: 1 }),
      definition: RegisterDefinition,
    },
    { additionalProperties: false },
  ),
  'The controller declared what the register holds, for which purposes, on which legal bases, for how long.',
);
