import { streamName, type StreamName } from '#kernel';

/** No logical stream can be named so: the ledger's own note of its id is not part of the ledger. */
const IDENTITY = '_ledger';
/** Nor so: this one is never written. */
const PROBE = '_probe';

const DEFAULT_PREFIX = 'ledger.';

/** How the ledger's streams are named in a database that may hold other things too. */
export class Names {
  /** What the names of all streams of the ledger begin with. */
  readonly prefix: string;
  /** The stream that holds the ledger's id. */
  readonly identity: string;

  /** A stream that never is, to ask for what it would be allowed. */
  readonly probe: string;

  constructor(prefix = DEFAULT_PREFIX) {
    this.prefix = prefix;
    this.identity = `${prefix}${IDENTITY}`;
    this.probe = `${prefix}${PROBE}`;
  }

  stored(stream: StreamName): string {
    return `${this.prefix}${stream}`;
  }

  /** The ledger's name of a stream; undefined where the stream is not the ledger's. */
  logical(stored: string): StreamName | undefined {
    const name = stored.slice(this.prefix.length);
    return stored.startsWith(this.prefix) && isStreamName(name) ? name : undefined;
  }

  /** Whether an event is the ledger's: neither another stream's nor of the server's own making. */
  isLedgers(event: { readonly streamId: string; readonly type: string }): boolean {
    return this.logical(event.streamId) !== undefined && !event.type.startsWith('$');
  }
}

function isStreamName(name: string): name is StreamName {
  try {
    return streamName(name) === name;
  } catch {
    return false;
  }
}
