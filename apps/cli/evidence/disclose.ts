import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { Asking } from '#customers';
import { EnvelopeDisclosure } from '#customers';
import type { Category, Envelope, EventId, RecordedEvent } from '#kernel';
import { CATEGORIES, InvalidInput, isRefusal, refuse, uuidAs } from '#kernel';
import { openWithE } from '#vault';
import { Option, type Command } from 'commander';

import type { Ledger } from '../../composition/index.js';
import { EvidenceReader, eventById, signWhile } from '../../composition/index.js';
import { EXITS_HELP, Refused } from '../exits.js';
import type { Session } from '../session.js';
import { disclosureText, readDisclosure } from './disclosure-file.js';

interface Options {
  readonly purpose: string;
  readonly recipient: string;
  readonly category?: Category;
  readonly tokenFile: string;
}

/** `ledger evidence disclose` and `ledger evidence open` */
export function addDisclose(evidence: Command, session: Session): void {
  evidence
    .command('disclose')
    .argument('<EVENT>', 'id of the event')
    .description(
      'Print the key of one envelope, with which its holder opens that envelope and learns nothing ' +
        'else of the person. It is recorded first, and the key is kept nowhere.',
    )
    .requiredOption('--purpose <CODE>', 'purpose of the register definition')
    .requiredOption('--recipient <CODE>', 'recipient that the definition names for it')
    .requiredOption('--token-file <FILE>', "an officer's API token: who discloses")
    .addOption(
      new Option('--category <CATEGORY>', 'which envelope, where the event has several').choices(
        CATEGORIES,
      ),
    )
    .addHelpText('after', EXITS_HELP)
    .action((event: string, options: Options) =>
      disclose(session, uuidAs<EventId>(event, 'EVENT'), options),
    );
  evidence
    .command('open')
    .argument('<FILE>', 'what `disclose` has printed')
    .description('Open a disclosed envelope, and print what is in it. Needs no ledger.')
    .addHelpText('after', EXITS_HELP)
    .action((file: string) => open(session, file));
}

async function disclose(session: Session, id: EventId, options: Options): Promise<void> {
  const token = await textOf(options.tokenFile, '--token-file');
  const text = await session.withLedger('evidence', async (ledger) => {
    const asking = await askingAs(ledger, token.trim(), options.purpose);
    await signWhile(ledger, () => new EvidenceReader(ledger).signNow());
    const event = await eventById(ledger, id);
    const envelope = event === undefined ? undefined : envelopeOf(event, options.category);
    if (event === undefined || envelope === undefined) {
      throw new Refused(refuse('not-found', 'envelope-not-found', 'There is no such envelope.'));
    }
    const disclosure = new EnvelopeDisclosure(ledger.commands, ledger.keys);
    const given = await disclosure.disclose(asking, event, envelope, options.recipient);
    if (isRefusal(given)) throw new Refused(given);
    return disclosureText(given);
  });
  await session.write(text);
}

/** Who discloses is known by their token, as over HTTP. */
async function askingAs(ledger: Ledger, token: string, purpose: string): Promise<Asking> {
  const account = await ledger.tokens.verify(token);
  if (account === undefined) {
    throw new InvalidInput('--token-file', 'token', 'holds no token that is valid');
  }
  if (account.role !== 'officer' && account.role !== 'admin') {
    throw new Refused(refuse('forbidden', 'role-missing', 'Officers disclose.'));
  }
  if (!ledger.definition.purposes.some(({ code }) => code === purpose)) {
    throw new InvalidInput('--purpose', 'purpose', 'is a purpose of the register definition');
  }
  return { account: account.id, role: account.role, purpose, source: 'staff', key: randomUUID() };
}

/** @throws InvalidInput where the event has several and none is chosen */
function envelopeOf(event: RecordedEvent, category: Category | undefined): Envelope | undefined {
  const sealed = (event.data.sealed ?? []).filter(
    (envelope) => category === undefined || envelope.category === category,
  );
  if (sealed.length > 1) {
    throw new InvalidInput('--category', 'required', 'is needed: the event has several envelopes');
  }
  return sealed[0];
}

async function open(session: Session, file: string): Promise<void> {
  const { context, envelope, envelopeKey } = readDisclosure(await textOf(file, 'FILE'));
  session.json(openWithE(envelopeKey, context, envelope));
}

async function textOf(file: string, field: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) throw new InvalidInput(field, 'file', 'cannot be read');
  return text;
}
