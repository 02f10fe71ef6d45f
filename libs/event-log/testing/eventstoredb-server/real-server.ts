/**
 * Connection string of a real server, where tests are to run against one: `SERVICES=1
 * EVENTSTOREDB_URL=…`. Without the flag the variable is never looked at.
 */
export const REAL_SERVER = process.env.SERVICES === '1' ? process.env.EVENTSTOREDB_URL : undefined;
