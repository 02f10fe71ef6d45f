import { IntegrityError, isJsonObject } from '#kernel';
import type { JsonObject } from '#kernel';
import type { Database, Statement } from '#sqlite-file';

/** A statement that gives its rows as arrays. */
export function rows<Row>(db: Database, sql: string): Statement<Row> {
  const statement = db.prepare<Row>(sql);
  statement.setReturnArrays(true);
  return statement;
}

/** A document from its text. @throws IntegrityError `store-corrupt` */
export function parsedDoc(text: string): JsonObject {
  const doc: unknown = JSON.parse(text);
  if (!isJsonObject(doc)) throw new IntegrityError('store-corrupt', 'views: a row is no document');
  return doc;
}
