import type { EndPoint } from '@eventstore/db-client';

import { isJsonObject, Outage } from '#kernel';

import type { Address } from './address.js';
import { PART } from './failures.js';
import { httpAnswer, type HttpAnswer, type HttpRequest } from './http.js';

/** A user as the database tells of it; never the password. */
export interface FoundUser {
  readonly fullName: string;
  readonly groups: readonly string[];
  readonly disabled: boolean;
}

/** Users are an administrator's affair, and who asks is none. */
export class NotAdministrator extends Error {
  override readonly name = 'NotAdministrator';
}

/** Users of the database, which are made over HTTP, as the administrator of an address. */
export class Users {
  readonly #ask: (request: HttpRequest) => Promise<HttpAnswer>;

  constructor(address: Address, node: EndPoint, timeLimitMillis: number) {
    this.#ask = (request) =>
      httpAnswer(address, node, request, AbortSignal.timeout(timeLimitMillis));
  }

  async find(name: string): Promise<FoundUser | undefined> {
    const answer = await this.#ask({ method: 'GET', path: pathOf(name) });
    if (answer.status === 404) return undefined;
    assertDone(answer);
    const data = isJsonObject(answer.body) ? answer.body.data : undefined;
    if (!isJsonObject(data)) throw new Outage(PART, 'http-answer');
    const { fullName, groups, disabled } = data;
    return {
      fullName: typeof fullName === 'string' ? fullName : name,
      groups: Array.isArray(groups) ? groups.map(String) : [],
      disabled: disabled === true,
    };
  }

  async make(name: string, password: string, groups: readonly string[]): Promise<void> {
    const body = { loginName: name, fullName: name, groups, password };
    assertDone(await this.#ask({ method: 'POST', path: '/users/', body }));
  }

  async setGroups(name: string, fullName: string, groups: readonly string[]): Promise<void> {
    const body = { fullName, groups };
    assertDone(await this.#ask({ method: 'PUT', path: pathOf(name), body }));
  }

  async resetPassword(name: string, password: string): Promise<void> {
    const path = `${pathOf(name)}/command/reset-password`;
    assertDone(await this.#ask({ method: 'POST', path, body: { newPassword: password } }));
  }
}

function pathOf(name: string): string {
  return `/users/${encodeURIComponent(name)}`;
}

/** @throws NotAdministrator; Outage with the status of what is no success */
function assertDone({ status }: HttpAnswer): void {
  if (status === 401 || status === 403) throw new NotAdministrator();
  if (status < 200 || status > 299) throw new Outage(PART, `http-${String(status)}`);
}
