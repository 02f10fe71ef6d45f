import { BuildReplaced } from './port.js';
import type { Build, Filter, Page, Row, ViewDefinition, Views } from './port.js';
import { searchSecretName, tokenizerOf, type SearchSecrets, type Tokenizer } from './tokens.js';
import type { JsonObject } from '#kernel';

/** Makes the token of a field and a text, under the keys of the build that will be asked. */
export type TokenOf = (field: string, text: string) => string;

/** A build, and the keys of its search tokens. */
interface Kept {
  readonly build: Build;
  readonly tokenizer: Tokenizer;
}

/**
 * Queries by blind search tokens. Tokens belong to one build, so a swap between making them and
 * asking would find nothing where there is something: such a query is made again.
 */
export class Search {
  readonly #views: Views;
  readonly #secrets: SearchSecrets;
  /** Of each view the build that was live when it was asked for last. */
  readonly #kept = new Map<string, Promise<Kept>>();

  constructor(views: Views, secrets: SearchSecrets) {
    this.#views = views;
    this.#secrets = secrets;
  }

  /** As `Views.find`, with a filter that is made of tokens. */
  find<Doc extends JsonObject>(
    view: ViewDefinition<Doc>,
    filter: (token: TokenOf) => Filter,
    page: Page,
  ): Promise<readonly Row<Doc>[]> {
    return this.#ask(view, (build, token) =>
      this.#views.find(view, filter(token), page, { build: build.build }),
    );
  }

  /** As `Views.count`, with a filter that is made of tokens. */
  count(view: ViewDefinition, filter: (token: TokenOf) => Filter): Promise<number> {
    return this.#ask(view, (build, token) =>
      this.#views.count(view, filter(token), { build: build.build }),
    );
  }

  async #ask<T>(
    view: ViewDefinition,
    query: (build: Build, token: TokenOf) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const asked = this.#kept.get(view.name) ?? this.#look(view);
      const { build, tokenizer } = await asked;
      try {
        return await query(build, (field, text) => tokenizer.token(field, text));
      } catch (error) {
        if (!(error instanceof BuildReplaced)) throw error;
        // Whoever still has it asks for a build that is gone, and comes here too.
        tokenizer.wipe();
        if (this.#kept.get(view.name) === asked) this.#kept.delete(view.name);
        // Its secret was destroyed at the swap, and may have been made again by asking for it.
        await this.#secrets.destroySecret(searchSecretName(build));
      }
    }
  }

  /** One asking for all who come meanwhile. */
  #look(view: ViewDefinition): Promise<Kept> {
    const asked = this.#liveOf(view);
    this.#kept.set(view.name, asked);
    asked.catch(() => this.#kept.delete(view.name));
    return asked;
  }

  async #liveOf(view: ViewDefinition): Promise<Kept> {
    const build = await this.#views.live(view);
    return { build, tokenizer: await tokenizerOf(this.#secrets, view, build) };
  }
}
