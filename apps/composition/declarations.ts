import { createHash } from 'node:crypto';

import type { PublishNotice, RegisterDefinition } from '#accountability';
import {
  noticeDecider,
  noticeInForce,
  readNotices,
  readRegister,
  REGISTER_STREAM,
  registerDecider,
} from '#accountability';
import type { CommandHandler } from '#commands';
import { stepIdOf } from '#commands';
import type { Draft, EventId, LedgerId } from '#kernel';
import { canonicalJson, IntegrityError, isRefusal } from '#kernel';

import type { HandlerOf } from './handlers.js';

/** What the controller has declared, as it is in force. */
export interface Declarations {
  readonly definition: RegisterDefinition;
  /** Version of the notice in force. */
  readonly notice: number;
}

/**
 * Publishes the register definition and the notices that the repository holds. What is published
 * already is no event; a changed definition is a new version.
 */
export async function declareRegister(
  ledger: LedgerId,
  handlerOf: HandlerOf,
): Promise<Declarations> {
  const { definition } = readRegister();
  const registers = handlerOf(() => registerDecider);
  await say(registers, ledger, { do: 'define-register', definition }, canonicalJson(definition));
  const notices = handlerOf(() => noticeDecider);
  for (const notice of readNotices()) {
    await say<PublishNotice>(notices, ledger, notice, JSON.stringify(notice));
  }
  const inForce = await notices.look(REGISTER_STREAM, ({ state }) => noticeInForce(state));
  if (inForce === undefined) {
    throw new IntegrityError('notice-missing', 'no privacy notice is published');
  }
  return { definition, notice: inForce.version };
}

/** The same content in the same state of the stream is the same command, in every process. */
async function say<C>(
  handler: CommandHandler<C, Draft, unknown>,
  ledger: LedgerId,
  command: C,
  content: string,
): Promise<void> {
  const hash = createHash('sha256').update(content).digest('hex');
  const revision = await handler.look(REGISTER_STREAM, (fold) => fold.revision);
  const outcome = await handler.handle({
    stream: REGISTER_STREAM,
    id: stepIdOf(ledger as string as EventId, `declare:${hash}:${String(revision)}`),
    command,
    content: { sha256: hash },
    actor: 'ledger',
    purpose: 'customer-register',
    source: 'ledger',
  });
  if (isRefusal(outcome)) throw new IntegrityError(outcome.code, outcome.detail);
}
