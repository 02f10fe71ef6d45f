/** The cases that every adapter of the event log runs, all of them. For tests only. */
import { describe, test } from '@jest/globals';

import { evidenceCases } from './evidence-cases.js';
import { expectationCases } from './expectation-cases.js';
import { logCases } from './log-cases.js';
import { modelCases } from './model-cases.js';
import { ownStreamCases } from './own-stream-cases.js';
import { streamCases } from './stream-cases.js';
import type { LogSettings, LogUnderTest } from './subject.js';

export { all, anEvent, aStream, firstOf, given, someEvents } from './samples.js';
export type { LogSettings, LogUnderTest, WholeLog } from './subject.js';

const CASES = {
  ...streamCases,
  ...expectationCases,
  ...logCases,
  ...modelCases,
  ...evidenceCases,
  ...ownStreamCases,
};

/**
 * Declares the contract suite for an adapter.
 *
 * @param open gives an empty log of its own to each case
 * @param skips cases that the engine cannot meet, by name, with the reason
 */
export function eventLogContract(
  name: string,
  open: (settings: LogSettings) => Promise<LogUnderTest>,
  skips: Readonly<Record<string, string>> = {},
): void {
  const unknown = Object.keys(skips).filter((skipped) => !(skipped in CASES));
  if (unknown.length > 0) throw new Error(`no such case: ${unknown.join(', ')}`);
  describe(`${name}: event log contract`, () => {
    for (const [title, { settings, run }] of Object.entries(CASES)) {
      const reason = skips[title];
      if (reason !== undefined) {
        test.skip(`${title} (cannot: ${reason})`, () => undefined);
        continue;
      }
      test(title, async () => {
        const subject = await open(settings ?? {});
        try {
          await run(subject);
        } finally {
          await subject.dispose();
        }
      });
    }
  });
}
