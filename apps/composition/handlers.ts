import type { Handling } from '#commands';
import { CommandHandler } from '#commands';
import type { Decider, Draft, StreamName } from '#kernel';

/** Makes a handler for streams of one kind over the ledger's stores. */
export type HandlerOf = <C, D extends Draft, S>(
  deciderOf: (stream: StreamName) => Decider<C, D, S>,
) => CommandHandler<C, D, S>;

/** What all handlers of a process share. */
export function handlersOver(shared: Omit<Handling<never, never, never>, 'deciderOf'>): HandlerOf {
  return (deciderOf) => new CommandHandler({ ...shared, deciderOf });
}
