import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import type { Role } from '#access';
import { ROLES } from '#access';
import { catalogue, customerViews } from '#customers';
import { Administers, Answers, Choice, FOR, IdPipe, Inspects, Problem, Text } from '#edge';

import type { Ledger } from '../composition/index.js';
import { EVENT_TYPES } from '../composition/index.js';
import {
  CatalogueAnswer,
  KeysAnswer,
  TokenMade,
  TokenRevoked,
  TokensAnswer,
  ViewRebuilding,
  ViewRetried,
  ViewsAnswer,
} from './answers.js';

/** The open ledger, for routes about its running. */
export abstract class OpenLedger {
  abstract readonly ledger: Ledger;
}

export class TokenBody {
  @Choice(ROLES) readonly role!: Role;
  @Text(100, { says: 'What it is for; names no person.' }) readonly label!: string;
}

/** API tokens. */
@ApiTags('Running')
@Controller('api/tokens')
export class TokensController {
  constructor(private readonly open: OpenLedger) {}

  @Get()
  @Administers()
  @Answers(TokensAnswer)
  @ApiOperation({ summary: 'All tokens, revoked ones too; never the tokens themselves.' })
  async list() {
    const tokens = await this.open.ledger.tokens.list();
    return {
      tokens: tokens.map(({ id, label, role, createdAt, revokedAt }) => ({
        id,
        label,
        role,
        createdAt,
        revokedAt: revokedAt ?? null,
      })),
    };
  }

  @Post()
  @Administers()
  @Answers(TokenMade, { status: 201 })
  @ApiOperation({ summary: 'Make a token. It is shown in this answer and never again.' })
  async create(@Body() { role, label }: TokenBody) {
    return this.open.ledger.tokens.create(role, label);
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Administers()
  @Answers(TokenRevoked)
  @ApiOperation({ summary: 'End a token at once.' })
  async revoke(@Param('id', IdPipe) id: string) {
    if (await this.open.ledger.tokens.revoke(id)) return { id, revoked: true };
    throw new Problem('token-not-found', 'There is no such token, or it is revoked already.');
  }
}

/** Read models: how far they are, and setting them going again. */
@ApiTags('Running')
@Controller('api/views')
export class ViewsController {
  constructor(private readonly open: OpenLedger) {}

  @Get()
  @Inspects(FOR.everyone, { early: true })
  @Answers(ViewsAnswer)
  @ApiOperation({ summary: 'Builds, checkpoints, lag, and what stands still.' })
  async views() {
    const { projections } = this.open.ledger;
    const views = await projections.statuses();
    return {
      views: views.map(({ build, current, caughtUp, projector }) => ({
        ...build,
        parked: build.parked ?? null,
        current,
        caughtUp,
        lagMillis: projector?.lagMillis ?? null,
        projecting: projector?.state ?? null,
      })),
      problems: Object.fromEntries(projections.problems),
    };
  }

  @Post(':name/retry')
  @HttpCode(200)
  @Administers()
  @Answers(ViewRetried)
  @ApiOperation({ summary: 'Let a parked view go on.' })
  async retry(@Param('name') name: string) {
    await this.open.ledger.projections.retry(knownView(name));
    return { view: name };
  }

  @Post(':name/rebuild')
  @HttpCode(202)
  @Administers()
  @Answers(ViewRebuilding, { status: 202 })
  @ApiOperation({ summary: 'Begin to rebuild a view beside the live one.' })
  async rebuild(@Param('name') name: string) {
    const { build, checkpoint } = await this.open.ledger.projections.rebuild(knownView(name));
    return { view: name, build, checkpoint };
  }
}

/** Key-encryption keys. */
@ApiTags('Running')
@Controller('api/keys')
export class KeysController {
  constructor(private readonly open: OpenLedger) {}

  @Get()
  @Inspects(FOR.historians, { early: true })
  @Answers(KeysAnswer)
  @ApiOperation({ summary: 'Epochs of key-encryption keys: age, what is due, what is overdue.' })
  async keys() {
    return { keks: await this.open.ledger.stores.vault.rotation.kekStatus() };
  }
}

/** The event catalogue. */
@ApiTags('Events')
@Controller('api/events')
export class CatalogueController {
  readonly #catalogue = catalogue(EVENT_TYPES);

  @Get('catalogue')
  @Inspects(FOR.everyone)
  @Answers(CatalogueAnswer)
  @ApiOperation({ summary: 'JSON Schema of every event type and version.' })
  events() {
    return this.#catalogue;
  }
}

function knownView(name: string): string {
  if (customerViews.some((view) => view.name === name)) return name;
  throw new Problem('view-not-found', 'There is no view of this name.');
}
