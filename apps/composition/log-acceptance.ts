import { Tokens } from '#access';
import { headOfLog } from '#evidence';
import type { Clock } from '#kernel';
import { IntegrityError } from '#kernel';
import type { RestoredLog, SignedHead } from '#vault';

import { originOf } from './rolled-back.js';
import type { Settings } from './settings.js';
import type { Stores } from './stores.js';
import { openStores } from './stores.js';

/** Note in the vault: who was the first to accept which log. */
const ACCEPTED = 'log-accepted';

/** A log that was put back, as the officers see it who are to accept it. */
export interface RolledBackLog {
  /** What was signed last, and the log cannot show. */
  readonly signed: SignedHead;
  /** Events that the log has. */
  readonly size: number;
  /** Root over them, base64url. */
  readonly root: string;
  /** Account of the first who has accepted it, in just this state; null as long as nobody has. */
  readonly acceptedBy: string | null;
}

/**
 * What there is of a ledger while its log is rolled back: nobody reads or writes it, until two officers
 * have accepted the log as it is. Nothing is written to it here: the anchor is told, and the log's own
 * event follows when the ledger is opened.
 */
export class LogAcceptance {
  readonly tokens: Tokens;

  private constructor(
    private readonly stores: Stores,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    this.tokens = new Tokens(stores.vault.credentials, clock);
  }

  static async open(
    settings: Settings,
    clock: Clock,
    onProblem: (code: string) => void,
  ): Promise<LogAcceptance> {
    return new LogAcceptance(await openStores(settings, clock, onProblem), settings, clock);
  }

  /** Whether it has been accepted, in whatever process. */
  async isDone(signed: SignedHead): Promise<boolean> {
    return (await originOf(this.stores.anchor, this.settings)) !== signed.origin;
  }

  /** @throws IntegrityError `log-not-rolled-back` where it has been accepted already */
  async state(): Promise<RolledBackLog> {
    const { log, anchor, vault } = this.stores;
    const signed = await anchor.lastHead(await originOf(anchor, this.settings));
    if (signed === undefined) {
      throw new IntegrityError('log-not-rolled-back', 'nothing is there to be accepted');
    }
    const head = await headOfLog(log);
    const root = Buffer.from(head.root).toString('base64url');
    const noted = await vault.notes.note(ACCEPTED);
    const [account = '', ...state] = (noted ?? '').split('\n');
    const isOfThis = state.join('\n') === stateOf(signed, head.size, root);
    return { signed, size: head.size, root, acceptedBy: isOfThis ? account : null };
  }

  /**
   * Accepts the log as it is.
   * @param account of an officer
   * @returns how many have: with the second it counts
   */
  async accept(account: string): Promise<1 | 2> {
    const { anchor, vault } = this.stores;
    const { signed, size, root, acceptedBy } = await this.state();
    if (acceptedBy === null || acceptedBy === account) {
      await vault.notes.setNote(ACCEPTED, `${account}\n${stateOf(signed, size, root)}`);
      return 1;
    }
    const restored: RestoredLog = {
      origin: await this.#nextOrigin(),
      follows: signed,
      size,
      by: [acceptedBy, account],
      at: this.clock.now(),
    };
    await anchor.recordRestored(restored);
    return 2;
  }

  async #nextOrigin(): Promise<string> {
    const restored = await this.stores.anchor.restored();
    return `${this.settings.origin}/${String(restored.length + 2)}`;
  }

  close(): Promise<void> {
    return this.stores.close();
  }
}

/** Whoever accepts accepts this and nothing that comes after it. */
function stateOf(signed: SignedHead, size: number, root: string): string {
  return [signed.origin, String(signed.size), signed.root, String(size), root].join('\n');
}
