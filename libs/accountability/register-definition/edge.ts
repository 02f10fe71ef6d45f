import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Answers, FOR, Inspects, named } from '#edge';
import { Type } from 'typebox';

import { RegisterDefinition } from './definition.js';

const RegisterAnswer = named('Register', {
  notice: Type.Integer({ description: 'Version of the notice in force.' }),
  definition: RegisterDefinition,
});

/** The declarations in force. Given by the application. */
export abstract class DeclaredRegister {
  abstract definition(): RegisterDefinition;
  /** Version of the notice in force. */
  abstract notice(): number;
}

/** What the register is for. */
@ApiTags('Register')
@Controller('api/register')
export class RegisterController {
  constructor(private readonly declared: DeclaredRegister) {}

  @Get()
  @Inspects(FOR.everyone)
  @Answers(RegisterAnswer)
  @ApiOperation({ summary: 'Purposes, legal bases, categories, recipients and retention.' })
  definition() {
    return { notice: this.declared.notice(), definition: this.declared.definition() };
  }
}
