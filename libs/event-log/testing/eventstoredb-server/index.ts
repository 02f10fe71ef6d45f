/**
 * A server that speaks EventStoreDB's gRPC protocol over TCP and behaves as a real one was seen to
 * behave, with faults that a test can switch on. For tests only.
 */
export { CANNOT_SECURE, newCertificates } from './certificates.js';
export { startCluster, type TestCluster } from './cluster.js';
export { REAL_SERVER } from './real-server.js';
export {
  ADMIN,
  startTestServer,
  type SignIn,
  type TestServer,
  type TestServerOptions,
} from './test-server.js';
