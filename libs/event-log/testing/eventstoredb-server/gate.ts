import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * The line to a server: a TCP port that hands everything on to another one, and can be frozen, cut
 * and closed, as networks and hung hosts do.
 */
export class Gate {
  readonly #server: Server;
  readonly #target: () => number;
  readonly #pairs = new Set<readonly [outside: Socket, inside: Socket]>();
  #frozen = false;
  #port = 0;

  /** @param target port to hand on to */
  constructor(target: () => number) {
    this.#target = target;
    this.#server = createServer({ pauseOnConnect: true }, (outside) => {
      this.#take(outside);
    });
  }

  get port(): number {
    return this.#port;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Listens on the port that it had before, or on the one given; 0 takes any. */
  async open(port = this.#port): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.removeListener('error', reject);
        resolve();
      });
    });
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  /** Cuts all connections and takes no more. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (this.#server.listening)
        this.#server.close(() => {
          resolve();
        });
      else resolve();
    });
    this.cut();
    await closed;
  }

  /** Ends all connections at once. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** Nothing goes through any more; connections are taken all the same. */
  freeze(): void {
    this.#frozen = true;
    this.freezeConnections();
  }

  /** Nothing goes through the connections that there are; new ones work. */
  freezeConnections(): void {
    for (const [outside, inside] of this.#pairs) {
      outside.unpipe();
      inside.unpipe();
      outside.pause();
      inside.pause();
    }
  }

  /** Everything goes on, and what was held back goes through. */
  thaw(): void {
    this.#frozen = false;
    for (const [outside, inside] of this.#pairs) join(outside, inside);
  }

  #take(outside: Socket): void {
    const inside = connect(this.#target(), '127.0.0.1');
    const pair = [outside, inside] as const;
    this.#pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      // Either end may go at any time, and takes the other with it.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#pairs.delete(pair);
        outside.destroy();
        inside.destroy();
      });
    }
    if (!this.#frozen) join(outside, inside);
  }
}

function join(outside: Socket, inside: Socket): void {
  outside.pipe(inside);
  inside.pipe(outside);
}
