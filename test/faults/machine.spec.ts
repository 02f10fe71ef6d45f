import { spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { SetClock } from '#commands/testing';
import { Outage } from '#kernel';
import type { SubjectId } from '#kernel';

import { describeOnFiles } from '../engines/on-files.js';
import { accepted, asking, viewsAtHead } from './support/asking.js';
import { inFolder, whileWorking } from './support/folder.js';
import { all, erase, eventsOf, readingOf, register } from './support/people.js';
import { surveyOf } from './support/survey.js';
import { until } from './support/until.js';

const LIMIT = 120_000;
const DISK_KIB = 6 * 1024;

/** A small disk of its own, which takes the rights to mount one. */
function mountDisk(path: string): boolean {
  const { status } = spawnSync('mount', [
    ...['-t', 'tmpfs', '-o', `size=${String(DISK_KIB)}k`, 'tmpfs', path],
  ]);
  return status === 0;
}

function unmount(path: string): void {
  spawnSync('umount', ['-l', path]);
}

async function canMount(): Promise<boolean> {
  return inFolder(async (folder) => {
    const mounted = mountDisk(folder);
    if (mounted) unmount(folder);
    return mounted;
  });
}

/** Takes all that is left of a disk. */
async function fill(path: string): Promise<void> {
  for (const bytes of [64 * 1024, 4 * 1024]) {
    for (let at = 0; ; at++) {
      try {
        await writeFile(join(path, `ballast-${String(bytes)}-${String(at)}`), Buffer.alloc(bytes));
      } catch {
        break;
      }
    }
  }
}

async function empty(path: string): Promise<void> {
  for (const bytes of [64 * 1024, 4 * 1024]) {
    for (let at = 0; at <= (DISK_KIB * 1024) / bytes; at++) {
      await rm(join(path, `ballast-${String(bytes)}-${String(at)}`), { force: true });
    }
  }
}

const smallDisk = (await canMount()) ? it : it.skip;

describeOnFiles('a full disk', () => {
  smallDisk(
    'is an outage: nothing acknowledged is lost, and it goes on by itself (skipped: cannot mount)',
    async () => {
      await inFolder(async (folder) => {
        const data = join(folder, 'data');
        await mkdir(data);
        mountDisk(data);
        try {
          await whileWorking(folder, async (working) => {
            const { ledger } = working;
            const known: SubjectId[] = [await register(ledger, 'before')];
            await viewsAtHead(ledger);
            await fill(data);
            const outage = await until('the disk to be full', async () => {
              try {
                known.push(await register(ledger, `filling-${String(known.length)}`));
                return undefined;
              } catch (error) {
                return error;
              }
            });
            expect(outage).toBeInstanceOf(Outage);
            await expect(register(ledger, 'full')).rejects.toBeInstanceOf(Outage);
            await empty(data);
            known.push(await register(ledger, 'full'));
            await viewsAtHead(ledger);
            for (const subject of known) {
              expect(await readingOf(ledger, subject)).toEqual(all('present'));
              expect(await eventsOf(ledger, subject)).toHaveLength(1);
            }
            await erase(working, known[0] ?? ('' as SubjectId));
            await viewsAtHead(ledger);
            expect(await surveyOf(ledger)).toEqual([]);
          });
        } finally {
          unmount(data);
        }
      });
    },
    LIMIT,
  );
});

describe('a clock that is set back', () => {
  it(
    'refuses nothing; the time of recording stands still within a stream',
    async () => {
      await inFolder(async (folder) => {
        const clock = new SetClock();
        await whileWorking(
          folder,
          async (working) => {
            const { ledger } = working;
            const subject = await register(ledger, 'somebody');
            const change = async (phone: string) =>
              accepted(
                await ledger.commands.on(asking(`clock-${phone}`), {
                  do: 'update-contact',
                  subject,
                  changes: { phone },
                }),
              );
            clock.pass(60_000);
            await change('1');
            clock.pass(-3_600_000);
            await change('2');
            clock.pass(1_000);
            await change('3');
            clock.pass(7_200_000);
            await change('4');
            const times = (await eventsOf(ledger, subject)).map(
              ({ metadata }) => metadata.recordedAt,
            );
            expect(times).toEqual([
              '2026-03-02T09:15:00.000Z',
              '2026-03-02T09:16:00.000Z',
              '2026-03-02T09:16:00.000Z',
              '2026-03-02T09:16:00.000Z',
              '2026-03-02T10:16:01.000Z',
            ]);
            clock.pass(-7_200_000);
            await erase(working, subject);
            await viewsAtHead(ledger);
            expect(await surveyOf(ledger)).toEqual([]);
          },
          { clock },
        );
      });
    },
    LIMIT,
  );
});
