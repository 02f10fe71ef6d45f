import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';

import type { Source } from '#kernel';
import { isUuid, SOURCES } from '#kernel';

import type { RouteAccess } from './access.js';
import { ROUTE_ACCESS, setCaller } from './access.js';
import type { EdgeAsking, EdgeCaller, Role } from './ports.js';
import { EdgePorts } from './ports.js';
import { Problem } from './problem.js';

type Headers = FastifyRequest['headers'];

const BEARER = /^bearer +([A-Za-z0-9._~+/=-]{1,200})$/i;
const ETAG = /^"(0|[1-9][0-9]{0,15})"$/;

/** Lets a request through to its route: token, role, purpose, Idempotency-Key, readiness. */
@Injectable()
export class AccessGuard implements CanActivate {
  readonly #routes = new WeakMap<object, RouteAccess>();

  constructor(
    private readonly reflector: Reflector,
    private readonly ports: EdgePorts,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = this.#routeOf(context);
    if (route.roles.length === 0) return true;
    if (route.evidence === true && this.ports.isEvidencePublic()) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const account = await this.#account(request.headers, route.roles);
    const waiting = route.early ? undefined : this.ports.waitingFor();
    if (waiting !== undefined) {
      throw new Problem('not-ready', `The ledger is not ready: it waits for ${waiting}.`);
    }
    setCaller(request, this.#callerOf(account, route, request.headers));
    return true;
  }

  /** A route without declared access would be open by mistake: it is closed. */
  #routeOf(context: ExecutionContext): RouteAccess {
    const handler = context.getHandler();
    const known = this.#routes.get(handler);
    if (known !== undefined) return known;
    const route = this.reflector.get<RouteAccess | undefined>(ROUTE_ACCESS, handler);
    if (route === undefined) throw new TypeError('a route declares no access');
    this.#routes.set(handler, route);
    return route;
  }

  async #account(headers: Headers, roles: readonly Role[]) {
    const header = headers.authorization;
    if (header === undefined) {
      throw new Problem('token-missing', 'Send an API token: Authorization: Bearer <token>.');
    }
    const token = bearerOf(header);
    const account = token === undefined ? undefined : await this.ports.verify(token);
    if (account === undefined) {
      throw new Problem('token-invalid', 'The API token is unknown or revoked.');
    }
    if (!roles.includes(account.role)) {
      throw new Problem('role-missing', `The role ${account.role} may not do this.`);
    }
    return account;
  }

  #callerOf(
    account: { readonly id: string; readonly role: Role },
    route: RouteAccess,
    headers: Headers,
  ): EdgeCaller | EdgeAsking {
    const caller: EdgeCaller = {
      account: account.id,
      role: account.role,
      purpose: route.purposed ? this.#purpose(headers) : '',
      source: sourceOf(headers),
    };
    if (!route.keyed) return caller;
    const ifRevision = revisionOf(headers);
    const asking = { ...caller, key: keyOf(headers) };
    return ifRevision === undefined ? asking : { ...asking, ifRevision };
  }

  #purpose(headers: Headers): string {
    const code = headers['processing-purpose'];
    if (typeof code !== 'string' || code === '') {
      throw new Problem('purpose-missing', 'Name a purpose: Processing-Purpose: <code>.');
    }
    if (!this.ports.hasPurpose(code)) {
      throw new Problem('purpose-unknown', 'The register definition has no such purpose.');
    }
    return code;
  }
}

/** The token in an Authorization header; undefined where it holds none. */
export function bearerOf(header: string | undefined): string | undefined {
  return BEARER.exec(header ?? '')?.[1];
}

function keyOf(headers: Headers): string {
  const key = headers['idempotency-key'];
  const lower = typeof key === 'string' ? key.toLowerCase() : '';
  if (!isUuid(lower)) {
    throw new Problem('idempotency-key', 'Writes carry an Idempotency-Key, which is a UUID.');
  }
  return lower;
}

function sourceOf(headers: Headers): Source {
  const given = headers['data-source'];
  if (given === undefined) return 'staff';
  const source = SOURCES.find((one) => one === given && one !== 'ledger');
  if (source === undefined) {
    throw new Problem(
      'data-source',
      'Data-Source names a source that the API documentation lists.',
    );
  }
  return source;
}

/** One ETag, or `*` (RFC 9110, 13.1.1): a command on something that is not there is a 404 anyway. */
function revisionOf(headers: Headers): number | undefined {
  const given = headers['if-match'];
  if (given === undefined || given === '*') return undefined;
  const digits = ETAG.exec(given)?.[1];
  if (digits === undefined) {
    throw new Problem('if-match', 'If-Match holds one ETag as the ledger gave it.');
  }
  return Number(digits);
}
