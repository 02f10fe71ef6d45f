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
 * Starts them, and resolves when there is a primary. Each keeps its data in a folder of `folder`. Tests
 * of faults end, freeze and start single nodes, and wait until all have joined again.
 * @param {string} mongod path of the program
 */
export async function startReplicaSet(mongod) {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-services-'));
  const ports = await freePorts(NODES);
  const nodes = ports.map((port) => nodeOn(mongod, folder, port));
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.end()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const hosts = nodes.map(({ host }) => host);
    await initiate(hosts);
    const url = `mongodb://${hosts.join(',')}/?replicaSet=${NAME}`;
    return { url, folder, nodes, settled: () => settled(hosts), stop };
  } catch (error) {
    for (const port of ports) console.error(lastLines(join(folder, `${String(port)}.log`)));
    await stop();
    throw error;
  }
}

/** One of them, running. @param {string} mongod @param {string} folder @param {number} port */
function nodeOn(mongod, folder, port) {
  let running = startNode(mongod, folder, port);
  return {
    host: `127.0.0.1:${String(port)}`,
    freeze: () => running.kill('SIGSTOP'),
    thaw: () => running.kill('SIGCONT'),
    end: () => end(running),
    /** Starts it again, on its data. */
    start: () => {
      running = startNode(mongod, folder, port);
    },
  };
}

/** @param {string} mongod @param {string} folder @param {number} port */
function startNode(mongod, folder, port) {
  const data = join(folder, String(port));
  mkdirSync(data, { recursive: true });
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

/** @param {string[]} hosts */
async function initiate(hosts) {
  const members = hosts.map((host, _id) => ({ _id, host }));
  await Promise.all(hosts.map((host) => onNode(host, (admin) => admin.command({ ping: 1 }))));
  const initiation = { replSetInitiate: { _id: NAME, members, settings: ELECTIONS } };
  await onNode(hosts[0] ?? '', (admin) => admin.command(initiation));
  await settled(hosts);
}

/** Waits until all members have joined and agree on one of them as the primary. @param {string[]} hosts */
async function settled(hosts) {
  const until = performance.now() + PATIENCE_MILLIS;
  for (;;) {
    const seen = new Set(await Promise.all(hosts.map((host) => onNode(host, primarySeen))));
    if (seen.size === 1 && !seen.has(undefined)) return;
    if (performance.now() > until) throw new Error('no primary was elected');
    await pause(100);
  }
}

/** The primary of a set in which no member is missing. @param {import('mongodb').Admin} admin */
async function primarySeen(admin) {
  // A member that has not heard of the set yet refuses to tell of it.
  const { members = [] } = await admin.command({ replSetGetStatus: 1 }).catch(() => ({}));
  const states = members.map((member) => member.stateStr).sort();
  if (states.join() !== 'PRIMARY,SECONDARY,SECONDARY') return undefined;
  return members.find((member) => member.stateStr === 'PRIMARY').name;
}

/**
 * @template T
 * @param {string} host
 * @param {(admin: import('mongodb').Admin) => Promise<T>} work
 */
async function onNode(host, work) {
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, {
    serverSelectionTimeoutMS: PATIENCE_MILLIS,
  });
  try {
    return await work(client.db('admin').admin());
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
