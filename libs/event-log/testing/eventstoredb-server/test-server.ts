import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Accounts, BUILT_IN_PASSWORD } from './accounts.js';
import { certificates } from './certificates.js';
import { Journal } from './journal.js';
import type { StoredRecord } from './records.js';
import {
  MAX_APPEND_BYTES,
  ServerNode,
  type NodeFaults,
  type Security,
  type Surroundings,
} from './server.js';
import { Store } from './store.js';
import { remove } from './writing.js';

export interface TestServerOptions {
  /** Default 0: any that is free. */
  readonly port?: number;
  /** Keeps what was acknowledged while the process is dead. Default: in memory only. */
  readonly file?: string;
  /** Most bytes of data in one append. Default 1,048,576. */
  readonly maxAppendBytes?: number;
  /** TLS, users and ACLs that are enforced. Default false; not where {@link CANNOT_SECURE}. */
  readonly secured?: boolean;
}

/** Who signs in. */
export interface SignIn {
  readonly user: string;
  readonly password: string;
}

/** The administrator that a secured server has from the start. */
export const ADMIN: SignIn = { user: 'admin', password: BUILT_IN_PASSWORD };

/** One node in this process. */
export interface TestServer {
  readonly port: number;
  /** Connection string for it, without a user. */
  readonly url: string;
  /** Connection string for a user; one of another authority's file trusts that one instead. */
  urlAs(who: SignIn, authorityFile?: string): string;
  /** The authority of its certificate, as PEM; undefined where it is insecure. */
  readonly authority: string | undefined;
  /** Not ready, slow, access denied, a wrong clock, and what happens between a write and its acknowledgement. */
  readonly faults: NodeFaults;
  /** Freezes, thaws and cuts connections. */
  readonly line: ServerNode['line'];
  /** Everything that was written, in the order of `$all`. */
  readonly records: readonly StoredRecord[];
  /** Reads that were begun, of streams and of `$all`. */
  readonly reads: number;
  /** Events that were sent to those who read. */
  readonly eventsRead: number;
  /** All subscriptions that were ever begun, in order. */
  readonly subscriptions: ServerNode['subscriptions'];
  /** Shuts a user out, as an administrator would. */
  disable(user: string): void;
  /** Hides a stream's events, as a deletion does. */
  deleteSoftly(stream: string): void;
  /** Makes one event vanish from its stream, as damage would. */
  lose(stream: string, revision: number): void;
  /** Puts other bytes in the place of an event's, as damage or somebody with a disk editor would. */
  alter(
    position: bigint,
    bytes: { readonly metadata?: Uint8Array; readonly data?: Uint8Array },
  ): void;
  /** Makes one event vanish from `$all`, and leaves it in its stream. */
  forget(position: bigint): void;
  /** Ends as a kill does; what was acknowledged is kept, the idempotence cache is not. */
  stop(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Stops it for good. */
  close(): Promise<void>;
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const journal = options.file === undefined ? undefined : new Journal(options.file);
  const store = new Store(journal);
  const security = options.secured === true ? newSecurity(store) : undefined;
  const surroundings: Surroundings = {
    role: () => 'leader',
    members: () => [
      { id: node.id, address: '127.0.0.1', port: node.port, alive: true, role: 'leader' },
    ],
  };
  const maxAppendBytes = options.maxAppendBytes ?? MAX_APPEND_BYTES;
  const node: ServerNode = new ServerNode(store, maxAppendBytes, surroundings, security);
  await node.start(options.port ?? 0);
  // gRPC asks for a certificate by name, and Node complains of an address there.
  const host = `${security === undefined ? '127.0.0.1' : 'localhost'}:${String(node.port)}`;
  const ca = (file = security?.file ?? '') => `?tls=true&tlsCAFile=${encodeURIComponent(file)}`;
  return {
    port: node.port,
    url: `esdb://${host}${security === undefined ? '?tls=false' : ca()}`,
    urlAs: ({ user, password }, authorityFile) =>
      `esdb://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}${ca(authorityFile)}`,
    authority: security?.certificates.authority,
    faults: node.faults,
    line: node.line,
    records: store.all,
    get reads() {
      return node.reads;
    },
    get eventsRead() {
      return node.eventsRead;
    },
    subscriptions: node.subscriptions,
    disable: (user) => {
      security?.accounts.update(user, { disabled: true });
    },
    deleteSoftly: (stream) => {
      remove(store, stream, 'any', 'soft');
    },
    lose: (stream, revision) => {
      store.stream(stream).lose(BigInt(revision));
    },
    alter: (position, bytes) => {
      store.alter(position, bytes);
    },
    forget: (position) => {
      store.forget(position);
    },
    stop: async () => {
      await node.stop();
      store.forgetRecent();
    },
    start: () => node.start(),
    close: async () => {
      await node.stop();
      journal?.close();
      security?.remove();
    },
  };
}

/** Users in a store, certificates, and a file of their authority to connect with. */
function newSecurity(store: Store): Security & { readonly file: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'eventstoredb-'));
  const file = join(folder, 'ca.pem');
  writeFileSync(file, certificates().authority);
  return {
    certificates: certificates(),
    accounts: new Accounts(store),
    file,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
