// Three mongods of one replica set, on free ports of this machine and in a fresh folder.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

import { MongoClient } from 'mongodb';

const NAME = 'rs0';
const NODES = 3;
const PATIENCE_MILLIS = 60_000;

/** With MongoDB's own settings a new primary takes 12 s, with these 3 s. */
const ELECTIONS = {
  electionTimeoutMillis: 2_000,
  heartbeatTimeoutSecs: 2,
  heartbeatIntervalMillis: 500,
};

/**
 * Starts them, and resolves when there is a primary. Each keeps its data in a folder of `folder`.
 * @param {string} mongod path of the program
 */
export async function startReplicaSet(mongod) {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-services-'));
  const ports = await freePorts(NODES);
  const nodes = ports.map((port) => startNode(mongod, folder, port));
  const stop = async () => {
    await Promise.all(nodes.map((node) => end(node)));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await initiate(ports);
    const hosts = ports.map((port) => `127.0.0.1:${String(port)}`).join(',');
    return { url: `mongodb://${hosts}/?replicaSet=${NAME}`, folder, stop };
  } catch (error) {
    for (const port of ports) console.error(lastLines(join(folder, `${String(port)}.log`)));
    await stop();
    throw error;
  }
}

/** @param {string} mongod @param {string} folder @param {number} port */
function startNode(mongod, folder, port) {
  const data = join(folder, String(port));
  mkdirSync(data);
  const where = ['--dbpath', data, '--port', String(port), '--bind_ip', '127.0.0.1'];
  const log = ['--quiet', '--logpath', `${data}.log`];
  // With fail points tests hold a member up where it would have to be cut off.
  const more = ['--wiredTigerCacheSizeGB', '0.25', '--setParameter', 'enableTestCommands=1'];
  const node = spawn(mongod, ['--replSet', NAME, ...where, ...more, ...log], {
    stdio: 'ignore',
    // Ctrl-C goes to this script alone, which stops them when its command has ended.
    detached: true,
  });
  node.on('error', () => undefined);
  return node;
}

/** Ends a node, also one that is frozen. @param {import('node:child_process').ChildProcess} node */
async function end(node) {
  if (node.pid === undefined || node.exitCode !== null || node.signalCode !== null) return;
  const ended = new Promise((resolve) => node.once('exit', resolve));
  node.kill('SIGKILL');
  await ended;
}

/** @param {number[]} ports */
async function initiate(ports) {
  const members = ports.map((port, _id) => ({ _id, host: `127.0.0.1:${String(port)}` }));
  await Promise.all(members.map(({ host }) => onNode(host, (admin) => admin.command({ ping: 1 }))));
  const [first] = members;
  await onNode(first?.host ?? '', async (admin) => {
    await admin.command({ replSetInitiate: { _id: NAME, members, settings: ELECTIONS } });
    const until = performance.now() + PATIENCE_MILLIS;
    while (!(await settled(admin))) {
      if (performance.now() > until) throw new Error('no primary was elected');
      await pause(100);
    }
  });
}

/** Whether all members have joined, one of them as the primary. @param {import('mongodb').Admin} admin */
async function settled(admin) {
  const { members } = await admin.command({ replSetGetStatus: 1 });
  const states = members.map((member) => member.stateStr).sort();
  return states.join() === 'PRIMARY,SECONDARY,SECONDARY';
}

/**
 * @param {string} host
 * @param {(admin: import('mongodb').Admin) => Promise<unknown>} work
 */
async function onNode(host, work) {
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, {
    serverSelectionTimeoutMS: PATIENCE_MILLIS,
  });
  try {
    await work(client.db('admin').admin());
  } finally {
    await client.close();
  }
}

/** @param {number} count */
export async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, listening));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** @returns {Promise<import('node:net').Server>} */
function listening() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** @param {string} path */
function lastLines(path) {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(-6).join('\n');
  } catch {
    return `${path} was not written: does mongod start on this machine?`;
  }
}
