import { describe, test } from '@jest/globals';

/** Declares suites that start a cluster of their own and break it: `npm run test:load`. */
export function onServices(name: string, declare: () => void): void {
  if (process.env.LOAD === '1') describe(name, declare);
  else test.skip(`${name} (cannot: takes minutes, npm run test:load)`, () => undefined);
}
