import { open } from 'node:fs/promises';

import type { Role } from '#access';
import { ROLES } from '#access';
import { errorCode, InvalidInput, refuse, uuidAs } from '#kernel';
import type { Command } from 'commander';
import { Option } from 'commander';

import { EXITS_HELP, Refused } from './exits.js';
import type { Session } from './session.js';

const OWNER_FILE = 0o600;
const MAX_LABEL = 100;

/** `ledger token create|list|revoke` */
export function addToken(program: Command, session: Session): void {
  const token = program
    .command('token')
    .description('Make, list and revoke API tokens.')
    .addHelpText('after', EXITS_HELP);
  token
    .command('create')
    .description('Make a token. It is shown this once: the ledger keeps its hash alone.')
    .addOption(
      new Option('--role <ROLE>', 'what it may do').choices(ROLES).makeOptionMandatory(true),
    )
    .requiredOption('--label <LABEL>', 'what it is for; names no person')
    .option('--out <FILE>', 'write it to a new file that its owner alone may read')
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXITS_HELP)
    .action((options: CreateOptions) => create(session, options));
  token
    .command('list')
    .description('List all tokens, revoked ones too.')
    .option('--json', 'a JSON array')
    .addHelpText('after', EXITS_HELP)
    .action((options: { readonly json?: boolean }) => list(session, options.json === true));
  token
    .command('revoke')
    .description('End a token at once.')
    .argument('<ID>', 'its id, as list shows it')
    .addHelpText('after', EXITS_HELP)
    .action((id: string) => revoke(session, id));
}

interface CreateOptions {
  readonly role: Role;
  readonly label: string;
  readonly out?: string;
  readonly json?: boolean;
}

async function create(session: Session, options: CreateOptions): Promise<void> {
  const { role, label, out } = options;
  if (label.trim() === '' || label.length > MAX_LABEL) {
    throw new InvalidInput('--label', 'length', `must be 1 to ${String(MAX_LABEL)} characters`);
  }
  // The file is made first: a token that could not be handed over would stay for ever.
  const file = out === undefined ? undefined : await newFile(out);
  try {
    const made = await session.withLedger('token', (ledger) => ledger.tokens.create(role, label));
    await file?.writeFile(`${made.token}\n`);
    const shown = out === undefined ? { token: made.token } : { file: out };
    if (options.json === true) session.json({ id: made.id, role, ...shown });
    else session.say(out === undefined ? made.token : `token ${made.id} written to ${out}`);
  } finally {
    await file?.close();
  }
}

async function newFile(path: string) {
  try {
    return await open(path, 'wx', OWNER_FILE);
  } catch (error) {
    const code = errorCode(error) ?? 'unknown';
    throw new InvalidInput('--out', 'unwritable', `must be a new file (${code})`);
  }
}

async function list(session: Session, asJson: boolean): Promise<void> {
  const tokens = await session.withLedger('token', (ledger) => ledger.tokens.list());
  const shown = tokens.map(({ id, role, label, createdAt, revokedAt }) => ({
    id,
    role,
    label,
    createdAt,
    revokedAt: revokedAt ?? null,
  }));
  if (asJson) {
    session.json(shown);
    return;
  }
  session.table([
    ['ID', 'ROLE', 'CREATED', 'REVOKED', 'LABEL'],
    ...shown.map(({ id, role, label, createdAt, revokedAt }) => [
      id,
      role,
      createdAt,
      revokedAt ?? '-',
      label,
    ]),
  ]);
}

async function revoke(session: Session, id: string): Promise<void> {
  // Ids of tokens are UUIDs like any other.
  const wanted = uuidAs(id, 'ID');
  const ended = await session.withLedger('token', (ledger) => ledger.tokens.revoke(wanted));
  if (!ended) {
    throw new Refused(
      refuse('not-found', 'token-not-found', 'There is no such token, or it is revoked.'),
    );
  }
  session.say(`token ${wanted} revoked`);
}
