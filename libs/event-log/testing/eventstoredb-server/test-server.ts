import { Journal } from './journal.js';
import type { StoredRecord } from './records.js';
import { MAX_APPEND_BYTES, ServerNode, type NodeFaults } from './server.js';
import { Store } from './store.js';

export interface TestServerOptions {
  /** Default 0: any that is free. */
  readonly port?: number;
  /** Keeps what was acknowledged while the process is dead. Default: in memory only. */
  readonly file?: string;
  /** Most bytes of data in one append. Default 1,048,576. */
  readonly maxAppendBytes?: number;
}

/** One node, not secured, in this process. */
export interface TestServer {
  readonly port: number;
  /** Connection string for it. */
  readonly url: string;
  /** Not ready, access denied, and what happens between a write and its acknowledgement. */
  readonly faults: NodeFaults;
  /** Freezes, thaws and cuts connections. */
  readonly line: ServerNode['line'];
  /** Everything that was written, in the order of `$all`. */
  readonly records: readonly StoredRecord[];
  /** Events that were sent to those who read. */
  readonly eventsRead: number;
  /** All subscriptions that were ever begun, in order. */
  readonly subscriptions: ServerNode['subscriptions'];
  /** Makes one event vanish from its stream, as damage would. */
  lose(stream: string, revision: number): void;
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
  const node: ServerNode = new ServerNode(store, options.maxAppendBytes ?? MAX_APPEND_BYTES, {
    role: () => 'leader',
    members: () => [
      { id: node.id, address: '127.0.0.1', port: node.port, alive: true, role: 'leader' },
    ],
  });
  await node.start(options.port ?? 0);
  return {
    port: node.port,
    url: `esdb://127.0.0.1:${String(node.port)}?tls=false`,
    faults: node.faults,
    line: node.line,
    records: store.all,
    get eventsRead() {
      return node.eventsRead;
    },
    subscriptions: node.subscriptions,
    lose: (stream, revision) => {
      store.stream(stream).lose(BigInt(revision));
    },
    stop: async () => {
      await node.stop();
      store.forgetRecent();
    },
    start: () => node.start(),
    close: async () => {
      await node.stop();
      journal?.close();
    },
  };
}
