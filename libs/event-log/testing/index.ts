/** What tests of other parts use to have an event log. For tests only. */
export { startTestServer, type TestServer } from './eventstoredb-server/index.js';
