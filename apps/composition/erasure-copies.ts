import type { RegisterDefinition } from '#accountability';
import { KEYS_STREAM } from '#accountability';
import type {
  Announcement,
  CopyLanguage,
  CopyParts,
  CopyRegister,
  ProvenStored,
  ReceiptFound,
} from '#evidence';
import {
  copyPdf,
  EVIDENCE_STREAM,
  isObject,
  KEY_RETIREMENT,
  NEXT_KEY,
  nodeCryptography,
  objectIn,
  positionBefore,
  signedCopy,
  vkeyOf,
} from '#evidence';
import { textIn } from '#event-log';
import type { EventId, StreamName } from '#kernel';
import { IntegrityError } from '#kernel';
import type { LocalDate } from '#law';
import { endOfHelsinkiDay, helsinkiDate } from '#law';

import { EvidenceReader } from './evidence-reader.js';
import type { Ledger } from './ledger.js';

/** Makes people's copies of erasure receipts: of the event as it is stored, and of what has become of it. */
export class ErasureCopies {
  readonly #reader: EvidenceReader;

  constructor(private readonly ledger: Ledger) {
    this.#reader = new EvidenceReader(ledger);
  }

  /**
   * The signed copy of a SubjectErased event that is in the log; undefined as long as no checkpoint covers
   * it.
   * @param wait whether a checkpoint that covers it is asked for, and waited for
   */
  async copy(erasure: EventId, wait: boolean): Promise<string | undefined> {
    const { ledger } = this;
    const found = await this.#receipt(erasure, wait);
    // An event that the tree does not have yet is too new for it.
    if (found.found !== 'receipt') return undefined;
    const proven = await this.#stored(erasure, found);
    const told = objectIn(textIn(proven.event.data)) ?? {};
    const { witnesses, quorum } = ledger.evidence.policy;
    const vkeys = witnesses.map(({ key }) => vkeyOf(key, nodeCryptography));
    const parts: CopyParts = {
      ledger: ledger.id,
      erasure: proven,
      witnesses: await Promise.all(vkeys),
      quorum,
      announcements: await this.#announcements(told.signer),
      madeAt: ledger.clock.now(),
      copies: await this.#copies(told, wait),
    };
    return signedCopy(parts, ledger.evidence.signer);
  }

  /** A copy as a document for the person. @param text as {@link copy} gives it */
  pdf(text: string, language: CopyLanguage): Promise<Buffer> {
    return copyPdf(text, registerIn(this.ledger.definition, language), language);
  }

  /** Who waits for a checkpoint waits for its cosignatures too, as long as they may take. */
  async #receipt(erasure: EventId, wait: boolean): Promise<ReceiptFound> {
    const found = await this.#reader.receipt(erasure, wait);
    if (!wait || found.found !== 'receipt') return found;
    await this.#reader.cosigned();
    return this.#reader.receipt(erasure, false);
  }

  /** An event as it is stored, with the receipt that there is of it. */
  async #stored(
    id: EventId,
    { receipt, index }: { readonly receipt: string; readonly index: number },
  ): Promise<ProvenStored> {
    const { log, tree } = this.ledger.stores;
    const before = await positionBefore(tree, index);
    const [event] = before === undefined ? [] : await log.readStored(before, 1);
    if (event?.id !== id) throw new IntegrityError('tree-differs', 'the tree names another event');
    return { event, receipt };
  }

  /** Older keys of the ledger are known by those that announce them: needed where one signed the receipt. */
  async #announcements(signer: unknown): Promise<readonly Announcement[]> {
    if (signer === this.ledger.signer.id) return [];
    const found: Announcement[] = [];
    for await (const { data } of this.#events(EVIDENCE_STREAM)) {
      const { note, key } = data;
      if (typeof note !== 'string' || typeof key !== 'string') continue;
      if (note.includes(`\n${NEXT_KEY} `)) found.push({ note, key });
    }
    return found;
  }

  /** Whether no copy opens any more, by events that end what the erased keys lay wrapped under. */
  async #copies(
    { unreadableInCopiesBy, keys }: Readonly<Record<string, unknown>>,
    wait: boolean,
  ): Promise<CopyParts['copies']> {
    const day: LocalDate = helsinkiDate(String(unreadableInCopiesBy));
    const retirements = await this.#retirements(destroyedLast(keys), wait);
    if (retirements !== undefined) return { day, state: 'confirmed', retirements };
    const isOver = this.ledger.clock.now() > endOfHelsinkiDay(day);
    return { day, state: isOver ? 'overdue' : 'awaited', retirements: [] };
  }

  /**
   * The ends of all keys of keys that were there when the last of these keys was destroyed: a copy from
   * before lies under one of them, or under one that had ended by then. Undefined as long as one of them
   * is there, or its end is not signed.
   */
  async #retirements(
    destroyedAt: string,
    wait: boolean,
  ): Promise<readonly ProvenStored[] | undefined> {
    const keks = (await this.ledger.stores.vault.rotation.kekStatus()).filter(
      ({ createdAt, retiredAt }) =>
        createdAt <= destroyedAt && (retiredAt === undefined || retiredAt > destroyedAt),
    );
    if (keks.length === 0) return undefined;
    const ids = new Map<unknown, EventId>();
    for await (const { id, type, data } of this.#events(KEYS_STREAM)) {
      if (type === KEY_RETIREMENT) ids.set(data.kek, id);
    }
    const proven: ProvenStored[] = [];
    for (const { id: kek } of keks) {
      const id = ids.get(kek);
      const found = id === undefined ? undefined : await this.#reader.receipt(id, wait);
      if (id === undefined || found?.found !== 'receipt') return undefined;
      proven.push(await this.#stored(id, found));
    }
    return proven;
  }

  async *#events(stream: StreamName) {
    for await (const page of this.ledger.stores.log.read(stream, 0)) yield* page;
  }
}

/** When the last of a receipt's keys was destroyed; the beginning of time where it has none. */
function destroyedLast(keys: unknown): string {
  const times = (Array.isArray(keys) ? (keys as readonly unknown[]) : []).map((key) =>
    isObject(key) && typeof key.destroyedAt === 'string' ? key.destroyedAt : '',
  );
  return times.sort().at(-1) ?? '';
}

function registerIn(definition: RegisterDefinition, language: CopyLanguage): CopyRegister {
  const { registerName, controller, supervisoryAuthority: authority } = definition;
  const { visitingAddress, postalAddress, phone, email, website } = authority;
  return {
    controller: controller.name,
    name: registerName[language],
    categories: Object.fromEntries(
      definition.dataCategories.map(({ code, title, content }) => [
        code,
        { title: title[language], content: content[language] },
      ]),
    ),
    authority: [
      authority.name[language],
      ...[visitingAddress, postalAddress, phone, email, website].filter((line) => line !== ''),
    ],
  };
}
