import type { IncomingMessage, ServerResponse } from 'node:http';

import { answerOf, Problem } from '#edge';

import type { ServerRole } from '../composition/index.js';
import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * What is answered in every phase, also before the ledger is open: health and metrics, without a
 * token (by default the server listens on loopback only). Everything else goes to the application,
 * and is 503 as long as there is none; a server whose role has no API refuses it.
 */
export class Probes {
  #application: Handler | undefined;

  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    private readonly role: ServerRole,
  ) {}

  /** From now on the application answers; without one nobody does. */
  handOver(application: Handler | undefined): void {
    this.#application = application;
  }

  /** Answers a request. */
  readonly answer: Handler = (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    if (this.readiness.phase.phase === 'stopping') response.setHeader('connection', 'close');
    switch (path) {
      case '/health/live':
        send(response, 200, { live: true });
        return;
      case '/health/ready':
        this.#ready(response);
        return;
      case '/metrics':
        void this.#scrape(response);
        return;
      default:
        this.#other(request, response);
    }
  };

  #ready(response: ServerResponse): void {
    const { phase } = this.readiness;
    const code = phase.phase === 'broken' ? { code: phase.code } : {};
    const waitsFor = this.readiness.waitsFor;
    const waits = waitsFor === undefined ? {} : { waitsFor };
    const isReady = phase.phase === 'ready';
    send(response, isReady ? 200 : 503, { ready: isReady, phase: phase.phase, ...waits, ...code });
  }

  async #scrape(response: ServerResponse): Promise<void> {
    const text = await this.metrics.text();
    response.writeHead(200, { 'content-type': this.metrics.contentType }).end(text);
  }

  #other(request: IncomingMessage, response: ServerResponse): void {
    if (this.#application !== undefined) {
      this.#application(request, response);
      return;
    }
    refuse(response, this.#withoutApplication());
  }

  #withoutApplication(): Problem {
    if (this.role === 'projector') {
      return new Problem('no-api-here', 'This process makes views and runs timers.');
    }
    const waitsFor = this.readiness.waitsFor ?? 'its application';
    return new Problem('not-ready', `The ledger is not ready: it waits for ${waitsFor}.`);
  }
}

/** Answers by a problem, and ends the connection: what was sent is not read. */
export function refuse(response: ServerResponse, error: unknown): void {
  const { status, headers, body } = answerOf(error);
  response.writeHead(status, { ...headers, connection: 'close' }).end(JSON.stringify(body));
}

export function send(response: ServerResponse, status: number, body: object): void {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
