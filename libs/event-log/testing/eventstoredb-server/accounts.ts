import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';

import { systemRecord } from './records.js';
import { isUnwritten, type Store } from './store.js';

/** Who may sign in, as the server keeps it; the password by its hash. */
export interface Account {
  readonly loginName: string;
  readonly fullName: string;
  readonly groups: readonly string[];
  readonly disabled: boolean;
}

interface KeptAccount extends Account {
  readonly salt: string;
  readonly hash: string;
}

/** Who makes a call: anyone on an insecure server, which asks nobody for a name. */
export type Caller = 'anyone' | 'anonymous' | Account;

const ADMIN = 'admin';
const ADMINS = '$admins';
/** Password of the built-in users until it is changed. */
export const BUILT_IN_PASSWORD = 'changeit';

/** Whether a caller may do what is for administrators. */
export function isAdmin(caller: Caller): boolean {
  if (typeof caller === 'string') return caller === 'anyone';
  return caller.loginName === ADMIN || caller.groups.includes(ADMINS);
}

/** The users of a secured server, kept in streams of its own as a real one keeps them. */
export class Accounts {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    this.#builtIn(ADMIN, [ADMINS]);
    this.#builtIn('ops', ['$ops']);
  }

  /** @returns undefined where a password or a user is wrong */
  signIn(authorization: string | undefined): Caller | undefined {
    if (authorization === undefined) return 'anonymous';
    const [scheme, encoded = ''] = authorization.split(' ');
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    const [, loginName, password] = /^([^:]+):(.*)$/s.exec(text) ?? [];
    if (scheme !== 'Basic' || loginName === undefined || password === undefined) return undefined;
    const account = this.#kept(loginName);
    if (account === undefined || account.disabled) return undefined;
    return isPassword(account, password) ? account : undefined;
  }

  find(loginName: string): Account | undefined {
    return this.#kept(loginName);
  }

  /** Who has the same password already is left as it is, whatever the groups. */
  create(account: Omit<Account, 'disabled'>, password: string): 'made' | 'same' | 'conflict' {
    const known = this.#kept(account.loginName);
    if (known !== undefined) return isPassword(known, password) ? 'same' : 'conflict';
    this.#write('$UserCreated', { ...account, disabled: false, ...hashed(password) });
    return 'made';
  }

  update(loginName: string, changes: Partial<Account>): boolean {
    return this.#change(loginName, changes);
  }

  resetPassword(loginName: string, password: string): boolean {
    return this.#change(loginName, hashed(password));
  }

  #change(loginName: string, changes: Partial<KeptAccount>): boolean {
    const known = this.#kept(loginName);
    if (known === undefined) return false;
    this.#write('$UserUpdated', { ...known, ...changes });
    return true;
  }

  #builtIn(loginName: string, groups: readonly string[]): void {
    this.create({ loginName, fullName: loginName, groups }, BUILT_IN_PASSWORD);
  }

  #kept(loginName: string): KeptAccount | undefined {
    const stream = this.#store.stream(streamOf(loginName));
    if (isUnwritten(stream)) return undefined;
    const data = stream.written(stream.last)?.data ?? new Uint8Array();
    return JSON.parse(Buffer.from(data).toString('utf8')) as KeptAccount;
  }

  #write(type: string, account: KeptAccount): void {
    const event = systemRecord(randomUUID(), type, account);
    this.#store.write([{ stream: streamOf(account.loginName), events: [event] }]);
  }
}

function streamOf(loginName: string): string {
  return `$user-${loginName}`;
}

function hashed(password: string): Pick<KeptAccount, 'salt' | 'hash'> {
  const salt = randomBytes(16).toString('base64');
  return { salt, hash: hashOf(salt, password).toString('base64') };
}

function isPassword({ salt, hash }: KeptAccount, password: string): boolean {
  return timingSafeEqual(hashOf(salt, password), Buffer.from(hash, 'base64'));
}

function hashOf(salt: string, password: string): Buffer {
  return createHash('sha256').update(salt).update(password).digest();
}
