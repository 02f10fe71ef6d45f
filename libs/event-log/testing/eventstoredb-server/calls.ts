import type { sendUnaryData, ServerReadableStream, ServerWritableStream } from '@grpc/grpc-js';

import { CallFailed, unknown, type Failure } from './errors.js';

/** All messages of a call that ends by itself. */
export async function collect<Q, A>(call: ServerReadableStream<Q, A>): Promise<readonly Q[]> {
  const messages: Q[] = [];
  await new Promise<void>((resolve, reject) => {
    call.on('data', (message: Q) => messages.push(message));
    call.on('end', resolve);
    call.on('error', reject);
  });
  return messages;
}

/** Hands over what the work gives, or how it failed. */
export function answer<A>(work: Promise<A>, callback: sendUnaryData<A>): void {
  work.then(
    (response) => {
      callback(null, response);
    },
    (error: unknown) => {
      callback(failureOf(error));
    },
  );
}

/** How a call fails because of an error. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CallFailed) return error.failure;
  return unknown(error instanceof Error ? error.message : 'Unknown error');
}

/** Writes the messages of a call as fast as its reader takes them. */
export class Answers<Q, A> {
  readonly #call: ServerWritableStream<Q, A>;
  readonly #ending = new AbortController();

  constructor(call: ServerWritableStream<Q, A>) {
    this.#call = call;
    const gone = () => {
      this.#ending.abort();
    };
    call.once('cancelled', gone);
    call.once('close', gone);
    call.once('error', gone);
  }

  /** Aborts when nobody reads any more. */
  get gone(): AbortSignal {
    return this.#ending.signal;
  }

  async write(message: A): Promise<void> {
    if (this.gone.aborted || this.#call.write(message)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#call.removeListener('drain', done);
        this.gone.removeEventListener('abort', done);
        resolve();
      };
      this.#call.on('drain', done);
      this.gone.addEventListener('abort', done);
    });
  }

  /** Ends the call when the work is done or has failed. */
  finish(work: Promise<void>): void {
    work.then(
      () => {
        this.#call.end();
      },
      (error: unknown) => {
        // The message of an error event is what grpc-js makes the call's status of.
        this.#call.emit('error', failureOf(error));
      },
    );
  }
}
