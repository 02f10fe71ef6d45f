/** The cases that every adapter of the tree's store runs, all of them. For tests only. */
import { describe, test } from '@jest/globals';

import type { TreeUnderTest } from './subject.js';
import { treeCases } from './tree-cases.js';
import { writerCases } from './writer-cases.js';

export { expectTree, extensionOf, grow, leafAt, leavesOf, tileAt } from './samples.js';
export type { TreeUnderTest } from './subject.js';

const CASES = { ...treeCases, ...writerCases };

/**
 * Declares the contract suite for an adapter.
 *
 * @param open gives an empty store of its own to each case
 * @param skips cases that the engine cannot meet, by name, with the reason
 */
export function treeContract(
  name: string,
  open: () => Promise<TreeUnderTest>,
  skips: Readonly<Record<string, string>> = {},
): void {
  const unknown = Object.keys(skips).filter((skipped) => !(skipped in CASES));
  if (unknown.length > 0) throw new Error(`no such case: ${unknown.join(', ')}`);
  describe(`${name}: contract of the tree's store`, () => {
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
