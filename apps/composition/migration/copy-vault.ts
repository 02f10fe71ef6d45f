import { faultPoint, IntegrityError } from '#kernel';
import type { LedgerId } from '#kernel';
import type { Anchor, AnchoredKey, CopiedTable, VaultCopying } from '#vault';
import { COPIED_TABLES } from '#vault';

const PAGE = 1_000;
/** Heads that are claimed at once. */
const TOGETHER = 50;

/** Copies every row of a vault, wrapped as it is; run again it adds what is missing. */
export async function copyVault(
  from: VaultCopying,
  to: VaultCopying,
  ledger: LedgerId,
  onRows: (table: CopiedTable, rows: number) => void,
): Promise<void> {
  await to.takeKeks(ledger, await from.keks());
  for (const table of COPIED_TABLES) {
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = await from.page(table, after, PAGE);
      await to.take(page);
      faultPoint('migrate.vault-page');
      onRows(table, page.rows.length);
      after = page.next;
    }
  }
}

/**
 * Copies an anchor; run again it adds what is missing. Where both are one, nothing is.
 * @throws IntegrityError `anchor-differs` where the target has what the source has not
 */
export async function copyAnchor(from: Anchor, to: Anchor, ledger: LedgerId): Promise<void> {
  await to.claim(ledger);
  await copyDestroyed(from, to);
  await copyHeads(from, to);
  for (const restored of await from.restored()) {
    const { by, at } = await to.recordRestored(restored);
    if (at !== restored.at || by.join() !== restored.by.join()) throw differs();
  }
}

/** Appended in the order noted, so what is there is the beginning. */
async function copyDestroyed(from: Anchor, to: Anchor): Promise<void> {
  const there: AnchoredKey[] = [];
  for await (const page of to.destroyed()) there.push(...page);
  let seen = 0;
  for await (const page of from.destroyed()) {
    const known = there.slice(seen, seen + page.length);
    if (known.some(({ key, by }, at) => page[at]?.key !== key || page[at].by !== by)) {
      throw differs();
    }
    seen += page.length;
    await to.recordDestroyed(page.slice(known.length));
    faultPoint('migrate.anchor-page');
  }
  if (seen < there.length) throw differs();
}

async function copyHeads(from: Anchor, to: Anchor): Promise<void> {
  const there = new Map<string, string>();
  for await (const page of to.heads()) {
    for (const { origin, size, root } of page) there.set(`${origin} ${String(size)}`, root);
  }
  for await (const page of from.heads()) {
    for (let at = 0; at < page.length; at += TOGETHER) {
      const some = page.slice(at, at + TOGETHER);
      const roots = some.map(async (head) => {
        const known = there.get(`${head.origin} ${String(head.size)}`);
        return known ?? (await to.claimHead(head)).root;
      });
      const found = await Promise.all(roots);
      if (found.some((root, place) => root !== some[place]?.root)) throw differs();
    }
    faultPoint('migrate.anchor-page');
  }
}

function differs(): IntegrityError {
  return new IntegrityError('anchor-differs', "the target's anchor is not a copy of the source's");
}
