import { connect } from 'node:tls';

import type { EndPoint } from '@eventstore/db-client';

import type { Address } from './address.js';
import { Untrusted } from './failures.js';

const MILLIS = 1_000;

/**
 * The refused certificate of a node, if that is what is wrong: the client's search for a node says
 * only that it found none.
 */
export async function untrustedNode({ settings, security }: Address): Promise<Error | undefined> {
  if (security.insecure === true) return undefined;
  const checked = settings.hosts.map((host) => untrusted(host, security.rootCertificate));
  return (await Promise.all(checked)).find((error) => error !== undefined);
}

async function untrusted(
  { address, port }: EndPoint,
  ca: Buffer | undefined,
): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const trust = ca === undefined ? {} : { ca };
    const socket = connect({ host: address, port, ALPNProtocols: ['h2'], ...trust });
    const done = (error?: Error) => {
      socket.destroy();
      resolve(error);
    };
    socket.setTimeout(MILLIS, done);
    socket.on('secureConnect', done);
    socket.on('error', ({ message }: Error) => {
      done(message.includes('certificate') ? new Untrusted(message) : undefined);
    });
  });
}
