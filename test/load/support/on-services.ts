import { describe, test } from '@jest/globals';

const { LOAD, SERVICES } = process.env;

/** Declares suites that start a cluster of their own and break it: where a MongoDB can be had. */
export function onServices(name: string, declare: () => void): void {
  if (LOAD === '1' || SERVICES === '1') describe(name, declare);
  else test.skip(`${name} (cannot: needs MongoDB, npm run test:load)`, () => undefined);
}

/** Those that hold times against bounds, and so need the machine for themselves. */
export function onQuietServices(name: string, declare: () => void): void {
  if (LOAD === '1') describe(name, declare);
  else test.skip(`${name} (cannot: needs the machine alone, npm run test:load)`, () => undefined);
}
