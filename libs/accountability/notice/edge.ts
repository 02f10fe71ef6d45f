import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Answers, Choice, FOR, Inspects, named, Problem } from '#edge';
import { Type } from 'typebox';

import { readNoticeText } from '../definition-files.js';
import { LANGUAGES } from '../register-definition/definition.js';
import type { Language } from '../register-definition/definition.js';
import type { NoticeState } from './decider.js';
import { NoticePublished } from './events.js';

const NoticesAnswer = named('Notices', { notices: Type.Array(NoticePublished.data) });

export class NoticeTextQuery {
  @Choice(LANGUAGES, { optional: true, says: '`fi` if left out.' }) readonly language?: Language;
}

/** The notices published so far. Given by the application. */
export abstract class NoticeBoard {
  abstract published(): Promise<NoticeState>;
}

/** Versions of the privacy notice, as data subjects were shown them. */
@ApiTags('Register')
@Controller('api/register/notices')
export class NoticeController {
  constructor(private readonly board: NoticeBoard) {}

  @Get()
  @Inspects(FOR.everyone)
  @Answers(NoticesAnswer)
  @ApiOperation({ summary: 'All versions of the notice.' })
  async notices() {
    return { notices: await this.board.published() };
  }

  @Get(':version/text')
  @Inspects(FOR.everyone)
  @Answers(Type.String(), { media: 'text/plain' })
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'The text of a version, whose hash its event holds.' })
  async text(
    @Param('version') version: string,
    @Query() { language = 'fi' }: NoticeTextQuery,
  ): Promise<string> {
    const published = await this.board.published();
    const notice = published.find((one) => String(one.version) === version);
    const text = notice?.texts.find((one) => one.language === language);
    if (text === undefined) {
      throw new Problem('notice-not-found', 'No notice of this version is published so.');
    }
    return readNoticeText(text);
  }
}
