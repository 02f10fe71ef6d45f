import { isAdmin, type Caller } from './accounts.js';
import { accessDenied, CallFailed, notAuthenticated } from './errors.js';
import type { AnyCall, NodeState } from './node.js';
import type { Store } from './store.js';
import { isUnwritten } from './store.js';

/** What is asked for: of a stream, and under the name of a metadata stream of its metadata. */
export type Operation = 'read' | 'write' | 'delete';

/** Who may do what with a stream: names of users and groups. */
type Acl = Readonly<Partial<Record<Right, string | readonly string[]>>>;
type Right = '$r' | '$w' | '$d' | '$mr' | '$mw';

/** Everybody who has signed in. */
const ALL = '$all';
const ANYBODY: Acl = { $r: ALL, $w: ALL, $d: ALL, $mr: ALL, $mw: ALL };
const ADMINS: Acl = { $r: '$admins', $w: '$admins', $d: '$admins', $mr: '$admins', $mw: '$admins' };

/** @throws CallFailed where the password is wrong, whatever is asked for */
export function callerOf(node: NodeState, call: AnyCall): Caller {
  if (node.accounts === undefined) return 'anyone';
  const [authorization] = call.metadata.get('authorization');
  const caller = node.accounts.signIn(authorization?.toString());
  if (caller === undefined) throw new CallFailed(notAuthenticated());
  return caller;
}

/** @throws CallFailed where the caller may not do it */
export function authorize(
  node: NodeState,
  call: AnyCall,
  operation: Operation,
  stream: string,
): void {
  if (!mayDo(node.store, callerOf(node, call), operation, stream)) {
    throw new CallFailed(accessDenied());
  }
}

/**
 * Whether a caller may do something with a stream: by the ACL in its metadata, and by the default
 * ACL for what that leaves out. Administrators may do everything that can be done.
 */
export function mayDo(store: Store, caller: Caller, operation: Operation, stream: string): boolean {
  if (caller === 'anyone') return true;
  if (caller === 'anonymous') return false;
  if (stream === ALL && operation !== 'read') return false;
  const isMetadata = stream.startsWith('$$');
  const right = rightTo(operation, isMetadata);
  if (right === undefined) return false;
  if (isAdmin(caller)) return true;
  const roles = rolesWith(store, right, isMetadata ? stream.slice('$$'.length) : stream);
  return roles.some((role) => [ALL, caller.loginName, ...caller.groups].includes(role));
}

/** Metadata cannot be deleted, by anybody. */
function rightTo(operation: Operation, isMetadata: boolean): Right | undefined {
  switch (operation) {
    case 'read':
      return isMetadata ? '$mr' : '$r';
    case 'write':
      return isMetadata ? '$mw' : '$w';
    case 'delete':
      return isMetadata ? undefined : '$d';
  }
}

function rolesWith(store: Store, right: Right, stream: string): readonly string[] {
  const isSystem = stream.startsWith('$');
  const own = newest(store, `$$${stream}`).$acl;
  const settings = newest(store, '$settings');
  const standard = isSystem ? settings.$systemStreamAcl : settings.$userStreamAcl;
  const roles = own?.[right] ?? standard?.[right] ?? (isSystem ? ADMINS : ANYBODY)[right] ?? [];
  return typeof roles === 'string' ? [roles] : roles;
}

/** What the newest event of a stream says of rights. */
function newest(
  store: Store,
  name: string,
): Readonly<Partial<Record<'$acl' | '$userStreamAcl' | '$systemStreamAcl', Acl>>> {
  const stream = store.stream(name);
  const data = isUnwritten(stream) ? undefined : stream.written(stream.last)?.data;
  if (data === undefined) return {};
  return JSON.parse(Buffer.from(data).toString('utf8')) as ReturnType<typeof newest>;
}
