import { describe, test } from '@jest/globals';

import { ON_SERVERS } from './places.js';

/** Declares tests that are about files; where stores are on servers they cannot be run. */
export function describeOnFiles(name: string, declare: () => void): void {
  if (ON_SERVERS) test.skip(`${name} (cannot: is about files)`, () => undefined);
  else describe(name, declare);
}
