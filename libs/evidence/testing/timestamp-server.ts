import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';

/** What an authority answers over HTTP. */
export interface TimestampAnswer {
  readonly body: Uint8Array;
  /** Default 200. */
  readonly status?: number;
  /** Default that of timestamps. */
  readonly type?: string;
}

/** An authority as it stands in the network. */
export class TimestampServer {
  /** Headers of every request. */
  readonly asked: IncomingHttpHeaders[] = [];

  private constructor(
    private readonly server: Server,
    /** Where it is asked. */
    readonly url: string,
  ) {}

  /** @param answer of `never`, a request hangs */
  static async start(
    answer: (query: Buffer) => Promise<TimestampAnswer | 'never'>,
    port = 0,
  ): Promise<TimestampServer> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      started.asked.push(request.headers);
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        void answer(Buffer.concat(chunks)).then((given) => {
          if (given === 'never') return;
          const { status = 200, type = 'application/timestamp-reply', body } = given;
          response.writeHead(status, { 'content-type': type }).end(body);
        });
      });
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const at = typeof address === 'object' && address !== null ? address.port : port;
    const started = new TimestampServer(server, `http://127.0.0.1:${String(at)}/`);
    return started;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
