// Runs the job that makes keys, certificates and passwords as its container would: as root with one
// capability. Then looks at what everyone else would find.
import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { connect, createServer } from 'node:tls';

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
/** Readers by their user ids; what anybody may read belongs to anybody. */
const READERS = new Map([
  ['ledger.env', 10001],
  ['mongodb-setup.env', 10002],
  ['eventstoredb-setup.env', 10002],
  ['eventstoredb/first-passwords.env', 1000],
  ['mongodb/key', 999],
]);

/**
 * @param {import('./compose.js').Service} service
 * @param {{ authority: string, credentials: string, members: string }} where
 */
export function makeCredentials(service, { authority, credentials, members }) {
  const [shell = ''] = service.entrypoint ?? [];
  const capability = ['--bounding-set=-all,+chown', '--no-new-privs'];
  const env = {
    PATH: process.env.PATH,
    ...service.environment,
    AUTHORITY: authority,
    CREDENTIALS: credentials,
    MONGODB_MEMBERS: members,
  };
  const made = spawnSync('setpriv', [...capability, shell, 'docker/credentials.sh'], {
    env,
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`credentials.sh: ${made.stdout}${made.stderr}`);
  return made.stdout;
}

/**
 * Further runs: nothing is made anew but the certificates that end soon.
 * @param {import('./compose.js').Service} service
 * @param {{ authority: string, credentials: string, members: string }} where
 * @param {string[]} nodes
 */
export function checkAgain(service, where, nodes) {
  const first = contentsOf(where.credentials);
  makeCredentials(service, where);
  const second = contentsOf(where.credentials);
  changed(first, second, []);
  const environment = { ...service.environment, RENEW_DAYS: '1000' };
  makeCredentials({ ...service, environment }, where);
  const certificates = nodes.map((node) => `eventstoredb/${node}/node.crt`);
  changed(second, contentsOf(where.credentials), certificates);
}

/** @param {Map<string, string>} before @param {Map<string, string>} after @param {string[]} paths */
function changed(before, after, paths) {
  const found = [...after.keys()].filter((path) => before.get(path) !== after.get(path));
  if (found.sort().join() !== paths.join()) throw new Error(`made anew: ${found.join()}`);
}

/** @param {string} folder */
function contentsOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}

/** Every password that was made: none of them may be seen anywhere. @param {string} authority */
export function passwordsIn(authority) {
  const files = readdirSync(authority).filter((file) => file.endsWith('.password'));
  return files.map((file) => readFileSync(join(authority, file), 'utf8').trim());
}

/** @param {string} credentials @param {string[]} nodes */
export async function checkCredentials(credentials, nodes) {
  for (const [file, reader] of READERS) owned(join(credentials, file), reader);
  const folder = join(credentials, 'eventstoredb');
  const pem = (...path) => readFileSync(join(folder, ...path), 'utf8');
  const authority = new X509Certificate(pem('ca', 'ca.crt'));
  for (const node of nodes) {
    owned(join(folder, node, 'node.key'), 1000);
    const certificate = new X509Certificate(pem(node, 'node.crt'));
    const held = {
      'signed by the authority': certificate.checkIssued(authority) && authority.ca,
      'signature holds': certificate.verify(authority.publicKey),
      'named as nodes are': certificate.subject === 'CN=eventstoredb-node',
      'reached by its name': certificate.checkHost(node) === node,
      'reached by its healthcheck': certificate.checkHost('localhost') === 'localhost',
      'server and client': certificate.keyUsage?.join() === [SERVER_AUTH, CLIENT_AUTH].join(),
      'has its key': certificate.checkPrivateKey(createPrivateKey(pem(node, 'node.key'))),
      'key as EventStoreDB reads it': pem(node, 'node.key').startsWith('-----BEGIN RSA PRIVATE'),
    };
    const broken = Object.entries(held).filter(([, holds]) => !holds);
    if (broken.length > 0) throw new Error(`${node}: not ${broken.map(([rule]) => rule).join()}`);
  }
  const [one = '', two = ''] = nodes;
  const identity = (node) => ({ cert: pem(node, 'node.crt'), key: pem(node, 'node.key') });
  await meet({ ...identity(one), ca: pem('ca', 'ca.crt') }, { ...identity(two), servername: one });
}

/** @param {string} path @param {number} reader */
function owned(path, reader) {
  const { uid, mode } = statSync(path);
  if (uid !== reader || (mode & 0o777) !== 0o400) throw new Error(`${path}: others may read it`);
}

/** Two nodes over TLS, each showing its certificate and asking for the other's. */
async function meet(server, client) {
  const listening = createServer({ ...server, requestCert: true, rejectUnauthorized: true });
  listening.on('secureConnection', (socket) => socket.end('met'));
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  try {
    const { port } = /** @type {import('node:net').AddressInfo} */ (listening.address());
    const socket = connect({ ...client, ca: server.ca, host: '127.0.0.1', port });
    const [answer] = await once(socket.setEncoding('utf8'), 'data');
    if (answer !== 'met') throw new Error('the nodes do not meet');
  } finally {
    listening.close();
  }
}
