import { request as insecureRequest } from 'node:http';
import { request as secureRequest } from 'node:https';

import type { EndPoint } from '@eventstore/db-client';

import { errorCode } from '#kernel';

import type { Address } from './address.js';
import { ConnectionLost, TimeLimitPassed, Untrusted } from './failures.js';

/** What is asked of a node over HTTP, for which there is no other way. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface HttpAnswer {
  readonly status: number;
  /** The node's clock, to the second, where it tells. */
  readonly date: string | undefined;
  /** As JSON; undefined where it is none. */
  readonly body: unknown;
}

/**
 * Asks a node, as the user of the address, until the signal aborts.
 * @throws ConnectionLost, TimeLimitPassed, Untrusted
 */
export async function httpAnswer(
  { security, user }: Address,
  node: EndPoint,
  { method, path, body }: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const signed = security.insecure !== true && user !== undefined;
  const { rootCertificate: ca } = security;
  const options = {
    host: node.address,
    port: node.port,
    method,
    path,
    agent: false,
    signal,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    ...(signed ? { auth: `${user.username}:${user.password}` } : {}),
    ...(ca === undefined ? {} : { ca }),
  };
  return new Promise((resolve, reject) => {
    const sending = security.insecure === true ? insecureRequest(options) : secureRequest(options);
    const failed = (error: Error) => {
      reject(failureOf(error));
    };
    sending.on('error', failed).on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', failed).on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, date: headers.date, body: parsed(Buffer.concat(chunks)) });
      });
    });
    sending.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function failureOf(error: Error): Error {
  if (error.name === 'AbortError') return new TimeLimitPassed('no answer in time');
  if (error.message.includes('certificate')) return new Untrusted(error.message);
  return new ConnectionLost(errorCode(error) ?? 'failed');
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
