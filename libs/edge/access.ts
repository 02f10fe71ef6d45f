import { applyDecorators, createParamDecorator, SetMetadata } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { TObject } from 'typebox';

import { SOURCES } from '#kernel';

import { Answers } from './answer-schema.js';
import { CommandAnswer } from './answers.js';
import type { EdgeAsking, EdgeCaller, Role } from './ports.js';
import { ROLES } from './ports.js';

/** What a route asks of its caller. */
export interface RouteAccess {
  /** Roles that may; an empty list: anybody, without a token. */
  readonly roles: readonly Role[];
  /** Whether a purpose is to be named: wherever a value may be opened, or an event is written. */
  readonly purposed: boolean;
  /** Whether an Idempotency-Key is to be given. */
  readonly keyed: boolean;
  /** Whether it answers also while views are still catching up. */
  readonly early: boolean;
  /** Whether it asks for no token where the ledger's evidence is public. */
  readonly evidence?: boolean;
}

export const ROUTE_ACCESS = 'ledger:route-access';

const STAFF: readonly Role[] = ['admin', 'staff', 'officer'];
const OFFICERS: readonly Role[] = ['admin', 'officer'];

/** Who may use a route, by what it is for. */
export const FOR = {
  /** Work on the register. */
  staff: STAFF,
  /** Rights of data subjects and what cannot be taken back. */
  officers: OFFICERS,
  /** Events and metadata: auditors see these, and never values. */
  everyone: ROLES,
  /** Work on the register's history. */
  historians: [...OFFICERS, 'auditor'],
  /** The running of the ledger. */
  admins: ['admin'],
} as const satisfies Record<string, readonly Role[]>;

const PURPOSE = ApiHeader({
  name: 'Processing-Purpose',
  required: true,
  description: 'Code of a purpose of the register definition (GET /api/register).',
});
const KEY = ApiHeader({
  name: 'Idempotency-Key',
  required: true,
  description: 'A UUID; the same key with the same content is carried out once.',
  schema: { type: 'string', format: 'uuid' },
});
const SOURCE = ApiHeader({
  name: 'Data-Source',
  required: false,
  description: 'Where the facts come from; `staff` if left out.',
  schema: { type: 'string', enum: SOURCES.filter((source) => source !== 'ledger') },
});
const IF_MATCH = ApiHeader({
  name: 'If-Match',
  required: false,
  description: 'The ETag that the caller has seen; 412 if the customer was changed meanwhile.',
});
const PROBLEM = ApiResponse({
  status: 'default',
  description: 'Problem details (RFC 9457); each `type` has a page.',
  content: {
    'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDetails' } },
  },
});

function access(route: RouteAccess) {
  return applyDecorators(SetMetadata(ROUTE_ACCESS, route), PROBLEM);
}

/** A route for anybody, without a token. */
export function Open() {
  return access({ roles: [], purposed: false, keyed: false, early: true });
}

/** A query that opens no value. */
export function Inspects(roles: readonly Role[], more: { readonly early?: boolean } = {}) {
  const early = more.early ?? false;
  return applyDecorators(access({ roles, purposed: false, keyed: false, early }), ApiBearerAuth());
}

/** A query for evidence that the settings may open to everybody. */
export function InspectsEvidence() {
  const route = { roles: FOR.historians, purposed: false, keyed: false, early: true };
  return applyDecorators(access({ ...route, evidence: true }), ApiBearerAuth());
}

/** A query that may open values: the purpose is named. */
export function Reads(roles: readonly Role[]) {
  const route = { roles, purposed: true, keyed: false, early: false };
  return applyDecorators(access(route), ApiBearerAuth(), PURPOSE);
}

/**
 * A command on the register: purpose and Idempotency-Key are given.
 * @param schema of its answer, where that says more than what the command came to
 */
export function Writes(roles: readonly Role[], schema: TObject = CommandAnswer) {
  const route = { roles, purposed: true, keyed: true, early: false };
  const answers = Answers(schema, { status: '2XX', says: 'Carried out; 202: begun.' });
  return applyDecorators(access(route), answers, ApiBearerAuth(), PURPOSE, KEY, SOURCE, IF_MATCH);
}

/** A change to the running of the ledger, which writes no event of the register. */
export function Administers() {
  const route = { roles: FOR.admins, purposed: false, keyed: false, early: true };
  return applyDecorators(access(route), ApiBearerAuth());
}

const callers = new WeakMap<object, EdgeCaller>();

/** Remembers who asks, once the guard has found out. */
export function setCaller(request: object, caller: EdgeCaller): void {
  callers.set(request, caller);
}

/** Who asks, as the guard found out. */
export function callerOf(request: object): EdgeCaller {
  const caller = callers.get(request);
  if (caller === undefined) throw new TypeError('the route declares no access');
  return caller;
}

/** The caller of a route that reads. */
export const By = createParamDecorator((_: unknown, context: ExecutionContext): EdgeCaller =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** The caller of a route that writes, with the Idempotency-Key. */
export const AskedBy = createParamDecorator((_: unknown, context: ExecutionContext): EdgeAsking => {
  const caller = callerOf(context.switchToHttp().getRequest<FastifyRequest>());
  if (!isAsking(caller)) throw new TypeError('the route does not declare that it writes');
  return caller;
});

function isAsking(caller: EdgeCaller): caller is EdgeAsking {
  return 'key' in caller;
}
