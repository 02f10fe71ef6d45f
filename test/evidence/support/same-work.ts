import crypto, { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { writeSync } from 'node:fs';

/**
 * Does the same to a ledger wherever its log is, and says what tree that gives. Whatever is random comes
 * from a seed: each file of the program draws from a row of its own, so that what one engine alone
 * draws shifts nothing of the others.
 *
 * Arguments: folder.
 */
const [folder = ''] = process.argv.slice(2);
const PROGRAM = /\/((?:libs|apps)\/(?!kernel\/)[^:)]+)/;
const rows = new Map<string, number>();

function drawn(length: number): Buffer {
  // Deep enough to see who asks the kernel.
  const file = PROGRAM.exec(new Error('to see who asks').stack ?? '')?.[1] ?? 'others';
  const parts: Buffer[] = [];
  for (let have = 0; have < length; have += 32) {
    const n = (rows.get(file) ?? 0) + 1;
    rows.set(file, n);
    parts.push(
      createHash('sha256')
        .update(`${file} ${String(n)}`)
        .digest(),
    );
  }
  return Buffer.concat(parts).subarray(0, length);
}

function drawnUuid(): ReturnType<typeof crypto.randomUUID> {
  const bytes = drawn(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const [a = '', b = '', c = '', d = '', e = ''] = [
    bytes.subarray(0, 4),
    bytes.subarray(4, 6),
    bytes.subarray(6, 8),
    bytes.subarray(8, 10),
    bytes.subarray(10),
  ].map((part) => part.toString('hex'));
  return `${a}-${b}-${c}-${d}-${e}`;
}

const ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

function drawnKeyPair() {
  const der = Buffer.concat([ED25519, drawn(32)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

Object.assign(crypto, {
  randomBytes: drawn,
  randomFillSync: (target: Buffer) => target.fill(drawn(target.length)),
  randomUUID: drawnUuid,
  generateKeyPairSync: drawnKeyPair,
});
syncBuiltinESMExports();

const { entryOf, headOfLog, leafOfEntry } = await import('#evidence');
const { instantOf, START } = await import('#kernel');
const { whileWorking } = await import('../../faults/support/folder.js');
const { accepted, asking, settled } = await import('../../faults/support/asking.js');
const { erase, register } = await import('../../faults/support/people.js');

let millis = Date.parse('2026-03-02T09:15:00.000Z');
const clock = { now: () => instantOf(millis) };
await whileWorking(
  folder,
  async (working) => {
    const { ledger } = working;
    await settled(ledger);
    for (let n = 0; n < 12; n++) {
      const subject = await register(ledger, `person-${String(n)}`);
      millis += 1_000;
      const changes = { email: `new-${String(n)}@example.fi` };
      const command = { do: 'update-contact', subject, changes } as const;
      accepted(await ledger.commands.on(asking(`change-${String(n)}`), command));
      millis += 1_000;
      if (n % 3 === 0) await erase(working, subject);
    }
    const { log } = ledger.stores;
    const { size, root } = await headOfLog(log);
    const events = (await log.readStored(START, 1_000)).map((event) => [
      event.stream,
      event.type,
      leafOfEntry(entryOf(event)).toString('hex'),
    ]);
    writeSync(
      process.stdout.fd,
      `${JSON.stringify({ ledger: ledger.id, size, root: Buffer.from(root).toString('hex'), events })}\n`,
    );
  },
  // After the first checkpoint none is signed meanwhile: when it would be is a matter of speed.
  { clock, more: { LEDGER_CHECKPOINT_MS: '86400000' } },
);
