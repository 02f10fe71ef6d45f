/** What tests of other parts use to have an event log. For tests only. */
export {
  ADMIN,
  CANNOT_SECURE,
  startCluster,
  startTestServer,
  type SignIn,
  type TestCluster,
  type TestServer,
} from './eventstoredb-server/index.js';
