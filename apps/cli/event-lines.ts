import { shownEvent } from '#evidence';
import type { JsonObject, RecordedEvent } from '#kernel';

/** An event in one line for people: what it says, in short, and never a value. */
export function textLine(event: RecordedEvent): string {
  const { position, metadata, stream, revision, type, data } = event;
  const { recordedAt, actor, purpose } = metadata;
  const said = saidIn(data);
  const where = `${stream}@${String(revision)}`;
  return `${position} ${recordedAt} ${where} ${type} ${actor} ${purpose}${said === '' ? '' : ` ${said}`}\n`;
}

/** What an event says, in short; what it seals by category alone. */
function saidIn(data: RecordedEvent['data']): string {
  const said = Object.entries(data)
    .filter(([name]) => name !== 'sealed')
    .map(([name, value]) => `${name}=${shortly(value)}`);
  const sealed = (data.sealed ?? []).map(({ category }) => category);
  if (sealed.length > 0) said.push(`sealed=${sealed.join('+')}`);
  return said.join(' ');
}

function shortly(value: JsonObject[string]): string {
  if (typeof value === 'string') return value.length > 60 ? `${value.slice(0, 57)}...` : value;
  if (Array.isArray(value)) return `[${String(value.length)}]`;
  return typeof value === 'object' && value !== null ? '{...}' : String(value);
}

/** An event in one line for machines: its envelopes by their keys alone. */
export function jsonLine(event: RecordedEvent): string {
  return `${JSON.stringify(shownEvent(event))}\n`;
}
