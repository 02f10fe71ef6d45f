/** The cases that every adapter of the views runs, all of them. For tests only. */
import { describe, test } from '@jest/globals';

import { buildCases } from './build-cases.js';
import { documentCases } from './document-cases.js';
import { filterCases } from './filter-cases.js';
import { modelCases } from './model-cases.js';
import { pageCases } from './page-cases.js';
import type { ViewsUnderTest } from './subject.js';

export type { ViewsUnderTest } from './subject.js';

const CASES = { ...buildCases, ...documentCases, ...filterCases, ...pageCases, ...modelCases };

/**
 * Declares the contract suite for an adapter.
 *
 * @param open gives an empty store of its own to each case
 * @param skips cases that the engine cannot meet, by name, with the reason
 */
export function viewsContract(
  name: string,
  open: () => Promise<ViewsUnderTest>,
  skips: Readonly<Record<string, string>> = {},
): void {
  const unknown = Object.keys(skips).filter((skipped) => !(skipped in CASES));
  if (unknown.length > 0) throw new Error(`no such case: ${unknown.join(', ')}`);
  describe(`${name}: views contract`, () => {
    for (const [title, run] of Object.entries(CASES)) {
      const reason = skips[title];
      if (reason !== undefined) {
        test.skip(`${title} (cannot: ${reason})`, () => undefined);
        continue;
      }
      test(title, async () => {
        const subject = await open();
        try {
          await run(subject);
        } finally {
          await subject.dispose();
        }
      });
    }
  });
}
