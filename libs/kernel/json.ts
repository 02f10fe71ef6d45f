/** A value that JSON can carry. Numbers are IEEE doubles; there is no `undefined` and no date. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. Properties that are `undefined` are left out when it is written. */
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/** Whether a parsed value is a JSON object: neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
