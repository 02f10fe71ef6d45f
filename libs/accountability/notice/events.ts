import { eventType } from '#kernel';
import { Type } from 'typebox';
import type { Static } from 'typebox';

import { LANGUAGES } from '../register-definition/definition.js';

const closed = { additionalProperties: false } as const;

/**
 * One language of a notice. The text itself is not in the log: a notice names the register's contact
 * person, and a name never stands in an event in clear. The hash binds the event to the text, which
 * ships with the product under its file name.
 */
const NoticeText = Type.Object(
  {
    language: Type.Enum(LANGUAGES),
    /** Name of the file, without its folder. */
    file: Type.String({ pattern: '^notice-[0-9]{4}-[0-9]{2}-[0-9]{2}\\.(fi|sv|en)\\.txt$' }),
    /** SHA-256 of the file's bytes, lower-case hex. */
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  },
  closed,
);
export type NoticeText = Static<typeof NoticeText>;

/** The notice that data subjects are shown from now on (Art. 12(1), 13 and 14). */
export const NoticePublished = eventType(
  'NoticePublished',
  Type.Object(
    {
      /** 1 for the first notice, then rising by one. */
      version: Type.Integer({ minimum: 1 }),
      /** The date that the notice bears. */
      date: Type.String({ format: 'date' }),
      /** In the order of their languages' codes. */
      texts: Type.Array(NoticeText, { minItems: 1 }),
    },
    closed,
  ),
  'A version of the privacy notice was published; registrations name the version that was shown.',
);
