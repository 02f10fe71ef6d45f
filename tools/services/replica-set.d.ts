/** One node of the set. What is done to it is as if it happened to its machine. */
export interface MongoNode {
  /** As the set knows it: `127.0.0.1:<port>`. */
  readonly host: string;
  /** It keeps its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** Kills it, also where it is frozen. */
  end(): Promise<void>;
  /** Starts it again, on its data. */
  start(): void;
}

export interface ReplicaSet {
  readonly url: string;
  /** Each node keeps its data in a folder of it. */
  readonly folder: string;
  readonly nodes: readonly MongoNode[];
  /** Resolves when all nodes are there, one of them as the primary. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** @param mongod path of the program */
export function startReplicaSet(mongod: string): Promise<ReplicaSet>;
