import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

import { ServerCredentials, type Server as GrpcServer } from '@grpc/grpc-js';

import type { Certificates } from './certificates.js';

/** What an HTTP/2 connection without TLS begins with. */
const PREFACE = 'PRI * HTTP/2';

/**
 * One port for both of a node's ways to be spoken to: gRPC, and HTTP/1.1. Under TLS the client says
 * which it is (ALPN); without it the first bytes do.
 */
export class Front {
  readonly #listener: TcpServer;

  constructor(grpc: GrpcServer, http: HttpServer, tls: Certificates | undefined) {
    const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
    const serve = (socket: Socket, isHttp2: boolean) => {
      if (isHttp2) injector.injectConnection(socket);
      else {
        http.emit('connection', socket);
        socket.resume();
      }
    };
    this.#listener =
      tls === undefined
        ? createServer((socket) => {
            peek(socket, (first) => {
              serve(socket, first.startsWith(PREFACE));
            });
          })
        : createTlsServer(
            { cert: tls.certificate, key: tls.key, ALPNProtocols: ['h2', 'http/1.1'] },
            (socket) => {
              serve(socket, socket.alpnProtocol === 'h2');
            },
          );
    // Who does not trust the certificate goes away.
    this.#listener.on('tlsClientError', () => undefined);
  }

  /** @returns the port, any that is free */
  async listen(): Promise<number> {
    this.#listener.listen(0, '127.0.0.1');
    await once(this.#listener, 'listening');
    return (this.#listener.address() as AddressInfo).port;
  }

  /** Takes no more connections. */
  close(): void {
    this.#listener.close();
  }
}

/** Looks at the first bytes of a connection, and leaves them there. */
function peek(socket: Socket, look: (first: string) => void): void {
  socket.once('error', () => undefined);
  socket.once('data', (chunk: Buffer) => {
    socket.pause();
    socket.unshift(chunk);
    look(chunk.toString('latin1'));
  });
}
