import type { Role } from './node.js';
import type { StoredRecord } from './records.js';
import { MAX_APPEND_BYTES, ServerNode } from './server.js';
import { Store } from './store.js';

/** Three nodes in this process that share one log, as perfect followers do. */
export interface TestCluster {
  /** Connection string that names all nodes. */
  readonly url: string;
  readonly nodes: readonly ServerNode[];
  /** Index of the node that leads; undefined while none does. */
  readonly leader: number | undefined;
  readonly records: readonly StoredRecord[];
  /** Ends the leadership, with nobody in its place: as during an election. */
  depose(): void;
  /** Makes a node the leader. */
  elect(leader: number): void;
  close(): Promise<void>;
}

const SIZE = 3;

export async function startCluster(): Promise<TestCluster> {
  const store = new Store();
  let leader: number | undefined = 0;
  const members = () =>
    nodes.map((node, index) => ({
      id: node.id,
      address: '127.0.0.1',
      port: node.port,
      alive: node.running,
      role: roleOf(index),
    }));
  const roleOf = (index: number): Role => {
    if (leader === undefined) return 'none';
    return leader === index ? 'leader' : 'follower';
  };
  const nodes: readonly ServerNode[] = Array.from(
    { length: SIZE },
    (_, index) => new ServerNode(store, MAX_APPEND_BYTES, { role: () => roleOf(index), members }),
  );
  for (const node of nodes) await node.start(0);
  const hosts = nodes.map((node) => `127.0.0.1:${String(node.port)}`);
  return {
    url: `esdb://${hosts.join(',')}?tls=false`,
    nodes,
    get leader() {
      return leader;
    },
    records: store.all,
    depose: () => {
      leader = undefined;
    },
    elect: (elected) => {
      leader = elected;
    },
    close: async () => {
      for (const node of nodes) await node.stop();
    },
  };
}
