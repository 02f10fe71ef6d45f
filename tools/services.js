// `npm run services`: the databases that tests of the engines need, until Ctrl-C; prints their URLs.
// `node tools/services.js -- COMMAND ARGUMENTS…`: runs a command with them, and ends as it ends.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

import { mongodAt } from './services/mongod.js';
import { startReplicaSet } from './services/replica-set.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

// From the first moment on: a signal that comes while they start is obeyed when they run.
const signalled = new Promise((resolve) => {
  for (const signal of SIGNALS) process.once(signal, () => resolve(signal));
});

const dashes = process.argv.indexOf('--');
const command = dashes === -1 ? [] : process.argv.slice(dashes + 1);
const mongodb = await startReplicaSet(mongodAt('.services'));
// The folder tells tests that the servers are ours: they may look into their files, and hold them up.
const services = { SERVICES: '1', MONGODB_URL: mongodb.url, SERVICES_FOLDER: mongodb.folder };
try {
  const [program, ...args] = command;
  process.exitCode = program === undefined ? await wait() : await run(program, args);
} finally {
  await mongodb.stop();
}

async function wait() {
  console.log('MongoDB runs until Ctrl-C. For the tests:');
  for (const [name, value] of Object.entries(services)) console.log(`${name}=${value}`);
  await signalled;
  return 0;
}

/** @param {string} program @param {string[]} args */
function run(program, args) {
  const env = { ...process.env, ...services };
  const child = spawn(program, args, { stdio: 'inherit', env });
  void signalled.then((signal) => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
