import { Controller, Get, Headers, Param, Query, StreamableFile } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Type } from 'typebox';

import { After, Answers, Choice, FOR, Freshness, granted, IdPipe } from '#edge';
import { Inspects, named, Problem } from '#edge';
import type { EventId } from '#kernel';

import { SubjectErased } from '../../erasure/events.js';
import type { CaseNumber } from '../../ids.js';
import { At, Day, Uuid } from '../../vocabulary.js';
import { casesView } from '../cases-view.js';
import { CasePipe, ReadCase } from '../edge.js';

const LANGUAGES = ['fi', 'sv', 'en'] as const;
type Language = (typeof LANGUAGES)[number];
const FORMATS = ['json', 'pdf'] as const;
type Format = (typeof FORMATS)[number];

const MEDIA: Readonly<Record<Format, string>> = {
  json: 'application/json',
  pdf: 'application/pdf',
};

const Proven = named('ProvenEvent', {
  stream: Type.String(),
  revision: Type.Integer(),
  id: Uuid,
  type: Type.String(),
  metadata: Type.String({ description: 'The bytes that are stored, base64.' }),
  data: Type.String({ description: 'The bytes that are stored, base64.' }),
  preimage: Type.String({ description: 'What the leaf is over.' }),
  tlogProof: Type.String({ description: 'c2sp.org/tlog-proof, with the checkpoint.' }),
});

const CopyAnswer = named('ErasureCopy', {
  version: Type.Literal('privacy-ledger/erasure-copy/v1'),
  ledger: Uuid,
  origin: Type.String(),
  vkey: Type.String({ description: "The ledger's key (c2sp.org/signed-note)." }),
  announcements: Type.Array(Type.Object({ note: Type.String(), key: Type.String() })),
  witnesses: Type.Array(Type.String()),
  quorum: Type.Integer({ description: 'How many of them should have cosigned.' }),
  madeAt: At,
  receipt: Type.Object({
    ...SubjectErased.data.properties,
    event: Uuid,
    stream: Type.String(),
    revision: Type.Integer(),
    recordedAt: At,
  }),
  erasure: Proven,
  copies: Type.Object({
    day: Day,
    state: Type.Enum(['awaited', 'confirmed', 'overdue']),
    retirements: Type.Array(Proven),
  }),
  note: Type.String({ description: "The ledger's signature of all else (c2sp.org/signed-note)." }),
});

export class CopyQuery {
  @Choice(LANGUAGES, { optional: true, says: 'Of the PDF; `fi` if left out.' })
  readonly language?: Language;
  @Choice(FORMATS, { optional: true, says: 'If left out, PDF where Accept asks for it.' })
  readonly format?: Format;
  @Choice(['true'], { optional: true, says: 'Wait for a checkpoint that covers the erasure.' })
  readonly wait?: 'true';
  @After() readonly after?: string;
}

/** Copies of receipts for the people whose data were erased. Given by the application. */
export abstract class ErasureCopyDesk {
  /** The signed copy of an erasure that is recorded; undefined as long as no checkpoint covers it. */
  abstract copy(erasure: EventId, wait: boolean): Promise<string | undefined>;
  /** A copy as a PDF. */
  abstract pdf(copy: string, language: Language): Promise<Buffer>;
}

/** What a person is given of an erasure. It holds nothing of theirs but what the receipt itself says. */
@ApiTags('Erasures')
@Controller('api/erasures')
export class ErasureCopyController {
  constructor(
    private readonly queries: QueryBus,
    private readonly freshness: Freshness,
    private readonly desk: ErasureCopyDesk,
  ) {}

  @Get(':case/receipts/:event/copy')
  @Inspects(FOR.everyone)
  @Answers(CopyAnswer, { also: { [MEDIA.pdf]: Type.String({ format: 'binary' }) } })
  @ApiOperation({ summary: "The person's signed copy of a receipt, which a stranger can check." })
  async copy(
    @Param('case', CasePipe) number: CaseNumber,
    @Param('event', IdPipe) event: string,
    @Query() { language = 'fi', format, wait, after }: CopyQuery,
    @Headers('accept') accept?: string,
  ): Promise<StreamableFile> {
    await this.freshness.seen(casesView.name, after);
    const { parts } = granted(await this.queries.execute(new ReadCase(number)));
    const isOfCase = parts.some(({ receipts }) => receipts.some((one) => one.event === event));
    if (!isOfCase) {
      throw new Problem('receipt-not-found', 'The case has no receipt of this id (yet).');
    }
    const made = await this.desk.copy(event as EventId, wait === 'true');
    if (made === undefined) {
      throw new Problem('not-signed-yet', 'No checkpoint covers the erasure yet.');
    }
    const chosen = format ?? (accept?.includes(MEDIA.pdf) === true ? 'pdf' : 'json');
    const bytes = chosen === 'pdf' ? await this.desk.pdf(made, language) : Buffer.from(made);
    return new StreamableFile(bytes, {
      type: MEDIA[chosen],
      length: bytes.length,
      disposition: `attachment; filename="${number}.${chosen}"`,
    });
  }
}
