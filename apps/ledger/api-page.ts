import { escaped, htmlPage } from '#edge';
import { isJsonObject } from '#kernel';
import type { Json, JsonObject } from '#kernel';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The API's description to be read by people: plain HTML, which needs no script and no network. */
export function apiPage(document: JsonObject): string {
  const info = objectAt(document, 'info');
  const operations = Object.entries(objectAt(document, 'paths')).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = isJsonObject(item) ? item[method] : undefined;
      return isJsonObject(operation) ? [operationPart(method, path, operation)] : [];
    }),
  );
  const schemas = Object.entries(objectAt(objectAt(document, 'components'), 'schemas')).map(
    ([name, schema]) =>
      `<h3 id="${escaped(name)}">${escaped(name)}</h3>${isJsonObject(schema) ? schemaTable(schema) : ''}`,
  );
  const body =
    `<h1>${text(info, 'title')}</h1><p>${text(info, 'description')}</p>` +
    `<p><a href="/api/openapi.json">openapi.json</a></p><h2>Routes</h2>${operations.join('')}` +
    `<h2>Schemas</h2>${schemas.join('')}`;
  return htmlPage('en', plain(info, 'title'), body);
}

function operationPart(method: string, path: string, operation: JsonObject): string {
  const parameters = listAt(operation, 'parameters').map(
    (one) =>
      `<li><code>${text(one, 'name')}</code> (${text(one, 'in')}` +
      `${one.required === true ? ', required' : ''}) ${text(one, 'description')}</li>`,
  );
  const content = objectAt(objectAt(operation, 'requestBody'), 'content');
  const schema = objectAt(objectAt(content, 'application/json'), 'schema');
  const body = typeof schema.$ref === 'string' ? `<p>Body: ${link(schema.$ref)}</p>` : '';
  const answers = Object.entries(objectAt(operation, 'responses')).map(([status, response]) =>
    isJsonObject(response) ? `<li>${answerLine(status, response)}</li>` : '',
  );
  return (
    `<details><summary><code>${escaped(method.toUpperCase())} ${escaped(path)}</code> ` +
    `${text(operation, 'summary')}</summary>${body}<ul>${parameters.join('')}</ul>` +
    `<p>Answers</p><ul>${answers.join('')}</ul></details>`
  );
}

function answerLine(status: string, response: JsonObject): string {
  const contents = Object.entries(objectAt(response, 'content')).map(([media, content]) => {
    const schema = isJsonObject(content) ? content.schema : undefined;
    return `${typeOf(schema)} (${escaped(media)})`;
  });
  return `<code>${escaped(status)}</code> ${text(response, 'description')} ${contents.join(', ')}`;
}

function schemaTable(schema: JsonObject): string {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const rows = Object.entries(objectAt(schema, 'properties')).map(([name, property]) => {
    const mark = required.includes(name) ? 'required' : '';
    const says = isJsonObject(property) ? text(property, 'description') : '';
    return `<tr><td><code>${escaped(name)}</code></td><td>${typeOf(property)}</td><td>${mark}</td><td>${says}</td></tr>`;
  });
  return `<table>${rows.join('')}</table>`;
}

function typeOf(property: Json | undefined): string {
  if (!isJsonObject(property)) return '';
  if (typeof property.$ref === 'string') return link(property.$ref);
  const choices = [...listAt(property, 'allOf'), ...listAt(property, 'anyOf')];
  if (choices.length > 0) return choices.map(typeOf).join(' or ');
  if (property.type === 'array') return `list of ${typeOf(property.items)}`;
  const fields = objectAt(property, 'properties');
  if (Object.keys(fields).length > 0) return schemaTable(property);
  if (property.const !== undefined) return escaped(JSON.stringify(property.const));
  const values = Array.isArray(property.enum) ? property.enum.map(String).join(' | ') : '';
  const format = text(property, 'format');
  return escaped(values === '' ? `${text(property, 'type')} ${format}`.trim() : values);
}

function link(reference: string): string {
  const name = escaped(reference.split('/').at(-1) ?? '');
  return `<a href="#${name}">${name}</a>`;
}

function objectAt(of: JsonObject, name: string): JsonObject {
  const value = of[name];
  return isJsonObject(value) ? value : {};
}

function listAt(of: JsonObject, name: string): JsonObject[] {
  const value = of[name];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function text(of: JsonObject, name: string): string {
  return escaped(plain(of, name));
}

function plain(of: JsonObject, name: string): string {
  const value = of[name];
  return typeof value === 'string' ? value : '';
}
