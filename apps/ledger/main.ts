import { join } from 'node:path';

import { InvalidInput } from '#kernel';

import type { Settings } from '../composition/index.js';
import { readSettings } from '../composition/index.js';
import { ServerLog, standardOutput } from './log.js';
import { startServer } from './server.js';

const BAD_SETTINGS = 2;
const CANNOT_LISTEN = 1;

function settings(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(BAD_SETTINGS);
  }
}

async function main(): Promise<void> {
  const read = settings();
  const log = new ServerLog(read.logLevel, standardOutput());
  const server = await startServer({ settings: read, log });
  const token = join(read.secrets, 'admin-token.txt');
  const says = read.role === 'projector' ? 'role projector' : `admin token in ${token}`;
  process.stdout.write(`Privacy Ledger on ${server.url} (${says})\n`);
  const stop = (signal: string) => {
    log.told('stopping', { signal });
    void server.stop().then(async () => {
      log.told('stopped');
      await log.flush();
      process.exit(0);
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  log.told((await server.settled()).phase);
}

main().catch((error: unknown) => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'defect';
  process.stderr.write(`The server does not start: ${code}\n`);
  process.exit(CANNOT_LISTEN);
});
