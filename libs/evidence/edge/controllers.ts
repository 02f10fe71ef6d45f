import {
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';

import {
  Answers,
  Choice,
  FOR,
  IdPipe,
  Inspects,
  InspectsEvidence,
  named,
  orNull,
  Problem,
} from '#edge';
import type { EventId } from '#kernel';

import { parseTilePath } from '../index.js';
import { AuditController } from './audit.js';
import { EvidenceDesk } from './desk.js';

const EvidenceAnswer = named('Evidence', {
  origin: Type.String({ description: 'Name under which the ledger signs.' }),
  vkey: Type.String({ description: 'Verifies its checkpoints (c2sp.org/signed-note).' }),
  size: Type.Integer({ description: 'Leaves of the tree, signed or not.' }),
  checkpoint: orNull(
    Type.Object({
      size: Type.Integer(),
      root: Type.String({ description: 'Base64url.' }),
      at: Type.String({ format: 'date-time' }),
      ageMillis: Type.Integer(),
    }),
  ),
  witnesses: Type.Array(
    Type.Object({
      name: Type.String(),
      size: orNull(Type.Integer({ description: 'Of the checkpoint that it has cosigned last.' })),
      at: orNull(Type.String({ format: 'date-time' })),
      ageMillis: orNull(Type.Integer()),
    }),
  ),
  quorum: Type.Object({ wanted: Type.Integer(), isMet: Type.Boolean() }),
  timestamp: orNull(
    Type.Object({
      authority: Type.String({ description: 'Its address without credentials.' }),
      size: orNull(Type.Integer({ description: 'Of the checkpoint that it has stamped last.' })),
      at: orNull(Type.String({ format: 'date-time', description: 'As the authority says.' })),
      ageMillis: orNull(Type.Integer()),
      chain: orNull(
        Type.Enum(['checked', 'unchecked'], {
          description:
            'Whether its certificate was seen to lead to a trust anchor of the settings.',
        }),
      ),
    }),
  ),
  halted: orNull(Type.String({ description: 'Why nothing is signed any more.' })),
});

export class ReceiptQuery {
  @Choice(['true'], { optional: true, says: 'Wait for a checkpoint that covers the event.' })
  readonly wait?: 'true';
}

const FOR_EVER = 'max-age=31536000, immutable';
const PREFIX = '/evidence/';

/** What any client of c2sp.org/tlog-tiles reads. */
@ApiTags('Evidence')
@Controller('evidence')
export class TilesController {
  constructor(private readonly desk: EvidenceDesk) {}

  @Get('checkpoint')
  @InspectsEvidence()
  @Answers(Type.String(), { media: 'text/plain' })
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'The newest checkpoint, a signed note (c2sp.org/tlog-checkpoint).' })
  async checkpoint(): Promise<string> {
    const note = await this.desk.checkpoint();
    if (note === undefined) throw new Problem('checkpoint-not-found', 'Nothing is signed yet.');
    return note;
  }

  @Get('tile/entries/*')
  @Inspects(FOR.historians, { early: true })
  @Answers(Type.String({ format: 'binary' }), { media: 'application/octet-stream' })
  @ApiOperation({ summary: 'What leaves are over, 256 at a time, or fewer: `000`, `000.p/12`.' })
  entries(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return this.#bytes(request, reply);
  }

  @Get('tile/:level/*')
  @InspectsEvidence()
  @Answers(Type.String({ format: 'binary' }), { media: 'application/octet-stream' })
  @ApiOperation({ summary: 'Hashes of a tile (c2sp.org/tlog-tiles): `000`, `x001/234.p/5`.' })
  tile(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return this.#bytes(request, reply);
  }

  async #bytes(request: FastifyRequest, reply: FastifyReply): Promise<StreamableFile> {
    const path = parseTilePath(request.url.split('?', 1)[0]?.slice(PREFIX.length) ?? '');
    const bytes = path === undefined ? undefined : await this.desk.tile(path);
    if (bytes === undefined) throw new Problem('tile-not-found', 'There is no such tile.');
    const seenBy = request.headers.authorization === undefined ? 'public' : 'private';
    reply.header('cache-control', `${seenBy}, ${FOR_EVER}`);
    return new StreamableFile(bytes, { type: 'application/octet-stream', length: bytes.length });
  }
}

/** Proofs of single events. */
@ApiTags('Evidence')
@Controller('evidence/receipts')
export class ReceiptsController {
  constructor(private readonly desk: EvidenceDesk) {}

  @Get(':event')
  @Inspects(FOR.historians, { early: true })
  @Answers(Type.String(), { media: 'text/plain' })
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'Proof that an event is in the signed log (c2sp.org/tlog-proof).' })
  async receipt(
    @Param('event', IdPipe) event: string,
    @Query() { wait }: ReceiptQuery,
  ): Promise<string> {
    const found = await this.desk.receipt(event as EventId, wait === 'true');
    switch (found.found) {
      case 'receipt':
        return found.receipt;
      case 'unsigned':
        throw new Problem('not-signed-yet', 'No checkpoint covers the event yet.');
      case 'nothing':
        throw new Problem('receipt-not-found', 'There is no event of this id in the tree.');
    }
  }
}

/** How evidence stands. */
@ApiTags('Evidence')
@Controller('api/evidence')
export class EvidenceController {
  constructor(private readonly desk: EvidenceDesk) {}

  @Get()
  @Inspects(FOR.historians, { early: true })
  @Answers(EvidenceAnswer)
  @ApiOperation({
    summary: 'Key, size of the tree, newest checkpoint, and whether it is signed on.',
  })
  status() {
    return this.desk.status();
  }

  @Post('checkpoints')
  @HttpCode(200)
  @Inspects(FOR.officers, { early: true })
  @Answers(Type.String(), { media: 'text/plain' })
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'Sign now, if there is something new; at most once a second.' })
  async signNow(): Promise<string> {
    const note = await this.desk.signNow();
    if (note === undefined) throw new Problem('not-signed-yet', 'It was not signed in time.');
    return note;
  }
}

/** The HTTP routes of evidence. */
export const evidenceControllers = [
  TilesController,
  ReceiptsController,
  EvidenceController,
  AuditController,
];
