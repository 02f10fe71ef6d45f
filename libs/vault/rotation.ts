import { laterOf, plusMillis, type Instant, type KekId } from '#kernel';

const DAY_MILLIS = 24 * 60 * 60 * 1_000;

/** How often KEKs are replaced, and how long copies of the vault are kept. */
export interface RotationSettings {
  /** A KEK is replaced after this time. */
  readonly intervalMillis: number;
  /** Backups of the vault (and of its disks) exist no longer than this. */
  readonly backupMillis: number;
}

export const DEFAULT_ROTATION: RotationSettings = {
  intervalMillis: 30 * DAY_MILLIS,
  backupMillis: 30 * DAY_MILLIS,
};

/**
 * What a KEK is to the vault. `retiring`: replaced, kept until no copy of the vault may need it.
 * `unnamed`: the store has it and the vault does not know it (a rotation that was interrupted, or a
 * vault older than its KEKs); nobody destroys it by itself.
 */
export type KekState = 'current' | 'retiring' | 'retired' | 'unnamed';

export interface KekStatus {
  readonly id: KekId;
  readonly state: KekState;
  readonly createdAt: Instant;
  /** When another took its place. */
  readonly rotatedAt?: Instant;
  /** When it may be destroyed. */
  readonly dueAt?: Instant;
  readonly retiredAt?: Instant;
  /** Keys and secrets wrapped under it now. */
  readonly liveRows: number;
  /** A current one older than the interval; a retiring one past its due day. */
  readonly overdue: boolean;
}

/** What one step of rewrapping came to. */
export interface RewrapProgress {
  readonly rewrapped: number;
  /** Keys and secrets still under an older KEK. */
  readonly remaining: number;
}

/** A KEK that this call has ended. */
export interface RetiredKek {
  readonly id: KekId;
  readonly dueAt: Instant;
  readonly retiredAt: Instant;
}

/**
 * KEK epochs of a vault: a wrapped key is as gone as its KEK. Begin, rewrap until nothing remains,
 * take a fresh backup of the vault, and retire when due. Every step may be repeated after a crash.
 */
export interface KekRotation {
  /**
   * Makes a KEK and names it the current one; the older becomes due for retirement after the backup
   * time. From then on the vault refuses to wrap under another, in every process. Where another
   * process has rotated at the same time, gives that one's KEK.
   */
  beginRotation(): Promise<KekId>;

  /** Rewraps at most `limit` keys and secrets under the current KEK; destroyed ones never. */
  rewrapBatch(limit: number): Promise<RewrapProgress>;

  /**
   * Destroys each KEK that is due and under which, looked at again, nothing live is left. One that
   * still has live rows is left alone, and stays overdue.
   */
  retireDue(): Promise<readonly RetiredKek[]>;

  /** All KEKs that vault or store know, oldest first. Also drops retired ones from memory. */
  kekStatus(): Promise<readonly KekStatus[]>;
}

/** Whether a KEK is late: to be replaced, or to be destroyed. */
export function isOverdue(
  kek: Pick<KekStatus, 'state' | 'createdAt' | 'dueAt'>,
  now: Instant,
  settings: RotationSettings,
): boolean {
  switch (kek.state) {
    case 'current':
      return plusMillis(kek.createdAt, settings.intervalMillis) <= now;
    case 'retiring':
      return kek.dueAt !== undefined && kek.dueAt <= now;
    case 'retired':
    case 'unnamed':
      return false;
  }
}

/**
 * The instant from which a key destroyed now is unreadable in any copy: when the current KEK is next
 * replaced (at once if that is overdue), plus the backup time.
 */
export function unreadableFrom(
  currentKekCreatedAt: Instant,
  now: Instant,
  settings: RotationSettings,
): Instant {
  const rotates = laterOf(plusMillis(currentKekCreatedAt, settings.intervalMillis), now);
  return plusMillis(rotates, settings.backupMillis);
}
