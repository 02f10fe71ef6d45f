import { randomUUID } from 'node:crypto';

import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';

import type { Answers } from './calls.js';
import { CallFailed } from './errors.js';
import type { Filter } from './filter.js';
import type { NodeState } from './node.js';
import { setPosition, streams } from './protocol.js';
import { isGiven, type FromPosition } from './reading.js';
import { eventResponse, invalidPosition } from './read-responses.js';
import type { LogPosition } from './records.js';
import type { Store } from './store.js';

/** Sends what stands behind a position, says that it has caught up, and goes on with what comes. */
export async function subscribe(
  node: NodeState,
  from: FromPosition,
  filter: Filter,
  answers: Answers<ReadReq, ReadResp>,
): Promise<void> {
  const { store } = node;
  if (typeof from === 'object' && !(isGiven(store, from) && isTaken(node, from))) {
    throw new CallFailed(invalidPosition());
  }
  const ended = () => answers.gone.aborted;
  const begun = { from, sent: 0, checkpoints: 0 };
  node.subscriptions.push(begun);
  await answers.write(confirmation());
  // A checkpoint can stand before everything.
  if (from === 'start' && filter.checkpointEvery !== undefined) {
    await answers.write(checkpoint({ commit: 0n, prepare: 0n }));
  }
  let caughtUp = false;
  let sent = firstIndex(node, from);
  let looked = 0;
  while (!ended()) {
    const rung = store.written.rung;
    for (; sent < store.all.length && !ended(); sent++) {
      const record = store.all[sent];
      if (record === undefined) break;
      if (filter.matches(record)) {
        await node.beforeSending?.(record);
        await answers.write(eventResponse(record));
        begun.sent += 1;
      }
      looked += 1;
      if (looked === filter.checkpointEvery) {
        looked = 0;
        await answers.write(checkpoint(place(store, sent, caughtUp)));
        begun.checkpoints += 1;
      }
    }
    if (!caughtUp) {
      caughtUp = true;
      await answers.write(new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()));
    }
    await store.written.wait(rung, answers.gone);
  }
}

/** Index of the first event behind a position. */
function firstIndex({ store, checkpoints, repeats }: NodeState, from: FromPosition): number {
  if (from === 'start') return 0;
  if (from === 'end') return store.all.length;
  // (commit, 0) comes before the event that stands at commit, (commit, commit) is that event.
  const included = isCheckpoint(from) ? checkpoints === 'taken' : repeats;
  return store.indexAt(included ? from.commit : from.commit + 1n);
}

function isTaken({ checkpoints }: NodeState, from: LogPosition): boolean {
  return !isCheckpoint(from) || checkpoints !== 'refused';
}

function isCheckpoint({ prepare }: LogPosition): boolean {
  return prepare === 0n;
}

/**
 * Where a checkpoint stands: live, at the event that was looked at last; while it catches up, before
 * the one that is looked at next, with a prepare position of 0.
 */
function place(store: Store, index: number, live: boolean): LogPosition {
  const next = store.all[index + 1];
  if (!live && next !== undefined) return { commit: next.position, prepare: 0n };
  const position = store.all[index]?.position ?? 0n;
  return { commit: position, prepare: position };
}

function confirmation(): ReadResp {
  const confirmed = new streams.ReadResp.SubscriptionConfirmation();
  return new streams.ReadResp().setConfirmation(confirmed.setSubscriptionId(randomUUID()));
}

function checkpoint(position: LogPosition): ReadResp {
  const message = setPosition(new streams.ReadResp.Checkpoint(), position);
  return new streams.ReadResp().setCheckpoint(message);
}
