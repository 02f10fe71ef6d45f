import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { EdgePorts } from './ports.js';
import { answerOf } from './problem-answer.js';

/** Turns whatever was thrown into problem details. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly ports: EdgePorts) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const { status, headers, body } = answerOf(error);
    if (status === 500) this.ports.onDefect(error);
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.code(status).headers(headers).send(JSON.stringify(body));
  }
}
