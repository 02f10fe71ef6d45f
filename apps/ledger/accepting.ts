import type { IncomingMessage, ServerResponse } from 'node:http';

import { bearerOf, FOR, Problem } from '#edge';

import type { LogAcceptance } from '../composition/index.js';
import { refuse, send, type Handler } from './probes.js';

/** Where officers look at a log that was put back, and accept it. */
const ROUTE = '/api/evidence/log-restored';

/**
 * All that a server answers, besides health, while the log has not what was signed of it: GET shows an
 * officer what there is, POST accepts it; two officers have to.
 */
export function answerAcceptance(acceptance: LogAcceptance): Handler {
  return (request, response) => {
    void answered(acceptance, request, response).catch((error: unknown) => {
      refuse(response, error);
    });
  };
}

async function answered(
  acceptance: LogAcceptance,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url?.split('?', 1)[0];
  if (path !== ROUTE || (request.method !== 'GET' && request.method !== 'POST')) {
    throw new Problem('log-rolled-back', 'More of the log was signed than it has.');
  }
  const account = await officer(acceptance, request);
  if (request.method === 'POST') {
    const accepted = await acceptance.accept(account);
    send(response, 200, { accepted, of: 2 });
    return;
  }
  send(response, 200, await acceptance.state());
}

async function officer(acceptance: LogAcceptance, request: IncomingMessage): Promise<string> {
  const token = bearerOf(request.headers.authorization);
  const account = token === undefined ? undefined : await acceptance.tokens.verify(token);
  if (account === undefined) {
    throw new Problem('token-invalid', 'The API token is missing, unknown or revoked.');
  }
  if (!FOR.officers.includes(account.role)) {
    throw new Problem('role-missing', `The role ${account.role} may not do this.`);
  }
  return account.id;
}
