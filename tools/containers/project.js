// Runs what compose.cluster.yaml runs, in its order, without a container engine: credentials, three
// real mongods, the users in them, and all processes of the ledger as containers would run them. No
// EventStoreDB can be had without its image: the log is a file that they share.
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { mongodAt } from '../services/mongod.js';
import { freePorts } from '../services/replica-set.js';
import { checkAgain, checkCredentials, makeCredentials, passwordsIn } from './credentials.js';
import { volumeOf } from './image.js';
import { Container } from './sandbox.js';
import { registerAndRead } from './try.js';

const READY_MILLIS = 90_000;
const CREDENTIALS = '/run/credentials';

/** @typedef {import('./compose.js').Project} Project */
/** @typedef {import('./compose.js').Service} Service */
/** @typedef {ReturnType<typeof import('./build.js').buildImage>} Image */

/** @param {Project} project @param {Image} image */
export async function checkProject({ services }, image) {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-cluster-'));
  chmodSync(folder, 0o755);
  const run = new Run(services, image, folder);
  try {
    await run.credentials();
    await run.mongodb();
    await run.ledger();
    run.checkSecrecy();
  } finally {
    await run.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Run {
  /** @type {Map<string, Container>} */
  #containers = new Map();
  /** @type {import('node:child_process').ChildProcess[]} */
  #mongods = [];
  #members = '';

  /** @param {Record<string, Service>} services @param {Image} image @param {string} folder */
  constructor(services, image, folder) {
    this.services = services;
    this.image = image;
    this.folder = folder;
    this.where = (name) => join(folder, name);
  }

  async credentials() {
    const names = Object.keys(this.services).filter((name) => /^mongodb-\d$/.test(name));
    const ports = await freePorts(names.length);
    this.#members = ports.map((port) => `127.0.0.1:${String(port)}`).join(' ');
    const service = this.#service('credentials');
    const where = {
      authority: this.where('authority'),
      credentials: this.where('credentials'),
      members: this.#members,
    };
    const nodes = service.environment?.EVENTSTOREDB_NODES?.split(' ') ?? [];
    makeCredentials(service, where);
    await checkCredentials(where.credentials, nodes);
    console.log(`cluster: credentials.sh made passwords, keys and ${nodes.length} certificates`);
    checkAgain(service, where, nodes);
    console.log(
      'cluster: again, it left all as it was, and renewed certificates alone where they were due',
    );
    await checkCredentials(where.credentials, nodes);
  }

  async mongodb() {
    const mongod = mongodAt('.services');
    for (const [index, member] of this.#members.split(' ').entries()) {
      this.#mongods.push(this.#mongod(mongod, `mongodb-${index + 1}`, member.split(':')[1] ?? ''));
    }
    const [first = ''] = this.#members.split(' ');
    const environment = { MONGODB_MEMBERS: this.#members, MONGODB_FIRST: first };
    for (const time of ['set up', 'found as it was']) {
      const setup = this.#start('mongodb-setup', environment, []);
      const code = await setup.ended;
      if (code !== 0) throw new Error(`mongodb-setup ended with ${code}: ${setup.output}`);
      console.log(`cluster: three mongods with authentication, ${time} by mongodb-setup`);
    }
  }

  async ledger() {
    const secrets = volumeOf(this.image.root, '/var/lib/ledger/secrets', this.folder);
    const data = volumeOf(this.image.root, '/var/lib/ledger/data', this.folder);
    const names = Object.keys(this.services).filter((name) => /^(api|projector)-\d$/.test(name));
    const ports = await freePorts(names.length);
    // All at once, as nothing in the compose file keeps them apart.
    const started = names.map((name, index) => {
      const environment = { PORT: String(ports[index]), EVENTSTOREDB_URL: '' };
      return this.#start(name, environment, [secrets, data]);
    });
    const ready = started.map((one) => one.until(this.image.config.healthcheck, READY_MILLIS));
    await Promise.all(ready);
    console.log(`cluster: ready, say the healthchecks of ${names.join(', ')}`);
    const token = readFileSync(join(secrets.source, 'admin-token.txt'), 'utf8').trim();
    await registerAndRead(`http://127.0.0.1:${ports[0]}`, `http://127.0.0.1:${ports[1]}`, token);
    console.log(`cluster: ${names[1]} finds whom ${names[0]} registered`);
    for (const [index, one] of started.entries()) {
      const code = await one.stop();
      if (code !== 0) throw new Error(`${names[index]} ended with ${code}: ${one.output}`);
    }
    console.log('cluster: all ended with 0 after SIGTERM');
  }

  /** No password was said by anything that ran. */
  checkSecrecy() {
    const passwords = passwordsIn(this.where('authority'));
    for (const [name, { output }] of this.#containers) {
      if (passwords.some((one) => output.includes(one)))
        throw new Error(`${name}: says a password`);
    }
    console.log(`cluster: none of ${passwords.length} passwords in what they wrote`);
  }

  async end() {
    for (const container of this.#containers.values()) await container.stop('SIGKILL');
    for (const mongod of this.#mongods) mongod.kill('SIGKILL');
  }

  /** @param {string} name @param {Record<string, string>} environment @param {object[]} volumes */
  #start(name, environment, volumes) {
    const { user = '', environment: given, entrypoint, command } = this.#service(name);
    const { root, config } = this.image;
    const credentials = { source: this.where('credentials'), target: CREDENTIALS, readOnly: true };
    const settings = {
      root,
      folder: config.folder,
      user,
      environment: { ...config.environment, ...given, ...environment },
      mounts: [...volumes, credentials],
    };
    const words = [
      ...(entrypoint ?? config.entrypoint),
      ...(command ?? (entrypoint ? [] : config.command)),
    ];
    const container = new Container(settings, words);
    this.#containers.set(name, container);
    return container;
  }

  /** As the compose file starts it, but on a port of its own. */
  #mongod(mongod, name, port) {
    const { user = '', command = [] } = this.#service(name);
    const [uid = '', gid = ''] = user.split(':');
    const data = this.where(name);
    mkdirSync(data);
    chownSync(data, Number(uid), Number(gid));
    const given = command
      .slice(1)
      .map((word) => word.replace(CREDENTIALS, this.where('credentials')));
    const own = given.filter((word) => word !== '--bind_ip_all');
    const place = ['--bind_ip', '127.0.0.1', '--port', port, '--dbpath', data];
    const who = ['--reuid', uid, '--regid', gid, '--clear-groups', '--no-new-privs'];
    const words = [...who, '--bounding-set=-all', '--', mongod, ...own, ...place];
    return spawn('setpriv', words, { stdio: 'ignore' });
  }

  /** @param {string} name */
  #service(name) {
    const service = this.services[name];
    if (service === undefined) throw new Error(`the compose file has no service ${name}`);
    return service;
  }
}
