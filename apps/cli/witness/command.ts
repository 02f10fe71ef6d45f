import type { NoteKey } from '#evidence';
import { isNoteName, nodeCryptography, parseVkey, vkeyOf, Witness } from '#evidence';
import { InvalidInput, systemClock } from '#kernel';
import type { Command } from 'commander';

import { EXITS_HELP } from '../exits.js';
import type { Session } from '../session.js';
import { witnessKey } from './key-file.js';
import { WitnessFile } from './memory-file.js';
import { serveWitness } from './server.js';

interface Options {
  readonly name: string;
  readonly key: string;
  readonly state: string;
  readonly log: readonly string[];
  readonly host: string;
  readonly port: string;
}

/** `ledger witness` */
export function addWitness(program: Command, session: Session): void {
  program
    .command('witness')
    .description("Cosign other ledgers' checkpoints (c2sp.org/tlog-witness); needs no ledger here.")
    .requiredOption('--name <NAME>', 'name of the witness, such as witness.example.fi')
    .requiredOption('--log <VKEY...>', 'key of a log that is cosigned, as its operator gives it')
    .option('--key <FILE>', 'its Ed25519 key, made if it is not there', 'witness-key.pem')
    .option('--state <FILE>', 'what it has cosigned; never lose it', 'witness-state.json')
    .option('--host <HOST>', 'address to listen on', '127.0.0.1')
    .option('--port <PORT>', 'port to listen on; 0: any', '3080')
    .addHelpText('after', EXITS_HELP)
    .action((options: Options) => witness(session, options));
}

async function witness(session: Session, options: Options): Promise<void> {
  if (!isNoteName(options.name)) {
    throw new InvalidInput('--name', 'name', 'has no spaces and no plus');
  }
  const logs = await Promise.all(options.log.map(logKey));
  const signer = await witnessKey(options.key, options.name);
  const memory = await WitnessFile.open(options.state);
  const running = await serveWitness(
    new Witness(logs, signer, memory, systemClock),
    { host: options.host, port: portOf(options.port) },
    () => {
      session.note('ledger: a request could not be answered (witness)');
    },
  );
  session.say(`${await vkeyOf(signer.key, nodeCryptography)} ${running.url}`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
  await running.stop();
}

async function logKey(vkey: string): Promise<NoteKey> {
  const key = await parseVkey(vkey, nodeCryptography);
  if (key?.type === 'ed25519') return key;
  throw new InvalidInput('--log', 'vkey', 'is a key as GET /api/evidence gives it');
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidInput('--port', 'port', 'is a number from 0 to 65535');
}
