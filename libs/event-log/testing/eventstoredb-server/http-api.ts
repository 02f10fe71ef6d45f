import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { isAdmin, type Account, type Accounts } from './accounts.js';
import { VERSION } from './cluster-info.js';
import type { NodeState } from './node.js';

/** What a request comes to. */
interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly location?: string;
}

type Fields = Readonly<Record<string, unknown>>;

const UNAUTHORIZED: Answer = { status: 401 };
const NOT_FOUND: Answer = { status: 404, body: { success: false, error: 'notFound' } };

/** The part of a node's HTTP that makes users, and that tells the version. */
export function httpApi(node: NodeState): Server {
  return createServer((request, response) => {
    response.setHeader('date', new Date(Date.now() + node.clockAheadMillis).toUTCString());
    answered(node, request).then(
      (answer) => {
        send(response, answer);
      },
      () => {
        send(response, { status: 400 });
      },
    );
  });
}

async function answered(node: NodeState, request: IncomingMessage): Promise<Answer> {
  const { pathname } = new URL(request.url ?? '/', 'http://node');
  const { accounts } = node;
  const caller = accounts === undefined ? 'anyone' : accounts.signIn(request.headers.authorization);
  if (caller === undefined) return UNAUTHORIZED;
  if (request.method === 'GET' && pathname === '/info') {
    return { status: 200, body: { esVersion: VERSION, state: node.role() } };
  }
  const [, top, login, command, what] = pathname.split('/');
  if (top !== 'users' || accounts === undefined) return { status: 404 };
  if (!isAdmin(caller)) return UNAUTHORIZED;
  const name = decodeURIComponent(login ?? '');
  const body = await fieldsOf(request);
  switch (`${request.method ?? ''} ${[command, what].filter(Boolean).join('/')}`) {
    case 'POST ':
      return name === '' ? created(accounts, body) : NOT_FOUND;
    case 'GET ':
      return name === '' ? NOT_FOUND : shown(accounts.find(name));
    case 'PUT ':
      return changed(name, accounts.update(name, described(body)));
    case 'POST command/enable':
      return changed(name, accounts.update(name, { disabled: false }));
    case 'POST command/disable':
      return changed(name, accounts.update(name, { disabled: true }));
    case 'POST command/reset-password':
      return changed(name, accounts.resetPassword(name, text(body.newpassword)));
    default:
      return { status: 405 };
  }
}

function created(accounts: Accounts, body: Fields): Answer {
  const loginName = text(body.loginname);
  if (loginName === '' || text(body.password) === '') return { status: 400 };
  if (accounts.create({ loginName, ...described(body) }, text(body.password)) === 'conflict') {
    return { status: 409, body: { loginName, success: false, error: 'conflict' } };
  }
  const location = `/users/${encodeURIComponent(loginName)}`;
  return { status: 201, body: { loginName, success: true, error: 'success' }, location };
}

function shown(account: Account | undefined): Answer {
  if (account === undefined) return NOT_FOUND;
  const { loginName, fullName, groups, disabled } = account;
  const data = { loginName, fullName, groups, disabled };
  return { status: 200, body: { data, success: true, error: 'success' } };
}

function changed(loginName: string, done: boolean): Answer {
  return done ? { status: 200, body: { loginName, success: true, error: 'success' } } : NOT_FOUND;
}

function described(body: Fields): Pick<Account, 'fullName' | 'groups'> {
  const groups = Array.isArray(body.groups) ? body.groups.map(text) : [];
  return { fullName: text(body.fullname), groups };
}

/** The fields of a JSON body, whatever the case of their names. */
async function fieldsOf(request: IncomingMessage): Promise<Fields> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  if (body === '') return {};
  const fields = Object.entries(JSON.parse(body) as Fields);
  return Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value]));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function send(response: ServerResponse, { status, body, location }: Answer): void {
  const headers = location === undefined ? {} : { location };
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
