import { ErrorType } from '@eventstore/db-client';

import { InvalidInput, isRefusal, refuse, type Refusal } from '#kernel';

import { addressOf, type Address } from './address.js';
import { Administration } from './administration.js';
import { keepingOf } from './connection.js';
import { Connections } from './connections.js';
import { grantedAll, lockedSettings } from './default-acl.js';
import { isDenied, isNotAuthenticated, kindOf, outageOf } from './failures.js';
import type { InspectionOptions } from './inspection.js';
import { Names } from './names.js';
import { streamPage } from './reads.js';
import { rightsOf, type Rights } from './rights.js';
import { planned, wrongRights, type Found, type SetUpChange, type Wanted } from './set-up-plan.js';
import { NotAdministrator } from './users.js';

/** What is to be set up. */
export interface SetUpRequest {
  /** Connection string with the user and the password of an administrator. */
  readonly adminUrl: string;
  /** The ledger's own: its user and password are those that are made. */
  readonly url: string;
  /** The group that the user is made in, and that the database is locked for. */
  readonly group: string;
  /** Whether the password of a user who is there already may be changed. */
  readonly resetPassword: boolean;
  /** Whether a default ACL that is neither the database's own nor this one may be replaced. */
  readonly replaceAcl: boolean;
}

/** What was done, and what the ledger's user may do now. */
export interface SetUpDone {
  readonly user: string;
  readonly group: string;
  /** Empty where everything stood as it should. */
  readonly changes: readonly SetUpChange[];
  readonly rights: Rights;
}

/** A connection string, and who signs in with it. */
interface Signed {
  readonly address: Address;
  readonly user: string;
  readonly password: string;
}

const GROUP = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

/**
 * Makes the ledger's user and group and locks the default ACL of the database; then checks as that
 * user what it may do, for which nothing is written. What stands already is left as it is: a second
 * run changes nothing.
 * @returns a refusal where things are not as they must be; nothing was changed then, unless its code
 * is `rights-differ`
 * @throws InvalidInput for connection strings that are none or name no user; Outage
 */
export async function setUpEventStoreDb(
  request: SetUpRequest,
  options: InspectionOptions = {},
): Promise<SetUpDone | Refusal> {
  if (!GROUP.test(request.group)) {
    throw new InvalidInput('group', 'group', 'must be letters, digits, _ . and -, a letter first');
  }
  const admin = signed(request.adminUrl, 'EVENTSTOREDB_ADMIN_URL');
  const ledger = signed(request.url, 'EVENTSTOREDB_URL');
  if (isInsecure(admin) || isInsecure(ledger)) {
    return refuse(
      'conflict',
      'eventstoredb-insecure',
      'EventStoreDB without TLS (tls=false) asks for no password and enforces no ACL: nothing that ' +
        'is set up there would hold. Give it certificates first.',
    );
  }
  const keeping = keepingOf(admin.address, options);
  const administration = new Administration(admin.address, keeping);
  const connections = new Connections(ledger.address, keeping, () => undefined);
  const setUp = new SetUp(administration, connections, new Names(options.prefix), ledger);
  try {
    return await setUp.run({ ...request, user: ledger.user });
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal !== undefined) return refusal;
    throw outageOf(error);
  } finally {
    await administration.close();
    await connections.close();
  }
}

class SetUp {
  readonly #administration: Administration;
  readonly #connections: Connections;
  readonly #names: Names;
  readonly #ledger: Signed;

  /** @param connections as the ledger's user */
  constructor(
    administration: Administration,
    connections: Connections,
    names: Names,
    ledger: Signed,
  ) {
    this.#administration = administration;
    this.#connections = connections;
    this.#names = names;
    this.#ledger = ledger;
  }

  async run(wanted: Wanted): Promise<SetUpDone | Refusal> {
    const found = await this.#look();
    const changes = planned(found, wanted);
    if (isRefusal(changes)) return changes;
    for (const change of changes) await this.#make(change, found, wanted.group);
    const rights = await rightsOf(this.#connections, this.#names);
    const { user, group } = wanted;
    return wrongRights(rights) ?? { user, group, changes, rights };
  }

  async #look(): Promise<Found> {
    // Only administrators read this: who is none is told here.
    const settings = await this.#administration.read('settings');
    const all = await this.#administration.read('all');
    const user = await (await this.#administration.users()).find(this.#ledger.user);
    return { settings, all, user, signsIn: user !== undefined && (await this.#signsIn()) };
  }

  async #make(change: SetUpChange, found: Found, group: string): Promise<void> {
    const { user: name, password } = this.#ledger;
    const { settings, all, user } = found;
    const users = await this.#administration.users();
    switch (change) {
      case 'user-made':
        return users.make(name, password, [group]);
      case 'group-joined':
        return users.setGroups(name, user?.fullName ?? name, [...(user?.groups ?? []), group]);
      case 'password-reset':
        return users.resetPassword(name, password);
      case 'all-granted': {
        const granted = grantedAll(all.data, group) ?? {};
        return this.#administration.write('all', all.expected, granted);
      }
      case 'acl-locked': {
        const locked = lockedSettings(settings.data, group);
        return this.#administration.write('settings', settings.expected, locked);
      }
    }
  }

  async #signsIn(): Promise<boolean> {
    const first = { from: 0n, direction: 'forwards', count: 1 } as const;
    try {
      await this.#connections.call((connection) =>
        streamPage(connection, this.#names.identity, first),
      );
    } catch (error) {
      if (isNotAuthenticated(error)) return false;
      if (kindOf(error) !== ErrorType.STREAM_NOT_FOUND && !isDenied(error)) throw error;
    }
    return true;
  }
}

/** @throws InvalidInput */
function signed(url: string, variable: string): Signed {
  const address = addressOf(url, variable);
  if (address.user === undefined) {
    throw new InvalidInput(variable, 'credentials', 'must name a user and a password');
  }
  return { address, user: address.user.username, password: address.user.password };
}

function isInsecure({ address }: Signed): boolean {
  return address.security.insecure === true;
}

/** What an error says of the administrator, if it is about that. */
function refusalOf(error: unknown): Refusal | undefined {
  if (isNotAuthenticated(error)) {
    return refuse(
      'forbidden',
      'admin-not-authenticated',
      'The user or the password of EVENTSTOREDB_ADMIN_URL is wrong.',
    );
  }
  if (!isDenied(error) && !(error instanceof NotAdministrator)) return undefined;
  return refuse(
    'forbidden',
    'not-an-administrator',
    'The user of EVENTSTOREDB_ADMIN_URL is no administrator of the database.',
  );
}
