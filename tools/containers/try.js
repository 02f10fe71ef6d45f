// A person registered by one process and read by another.
import { randomUUID } from 'node:crypto';

const CUSTOMER = {
  category: 'private',
  identity: { firstName: 'Matti', lastName: 'Meikäläinen' },
  contact: { email: 'matti.meikalainen@example.fi' },
};

/** @param {string} one @param {string} other addresses of servers @param {string} token */
export async function registerAndRead(one, other, token) {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
    'processing-purpose': 'customer-register',
  };
  const body = JSON.stringify(CUSTOMER);
  const registered = await answer(`${one}/api/customers`, { method: 'POST', headers, body });
  const read = await answer(
    `${other}/api/customers/${registered.id}?after=${registered.position}`,
    {
      headers: { ...headers, 'processing-purpose': 'customer-care' },
    },
  );
  const email = read.values?.contact?.value?.email;
  if (email !== CUSTOMER.contact.email) throw new Error('the other process reads something else');
}

/** @param {string} url @param {RequestInit} request */
async function answer(url, request) {
  const response = await globalThis.fetch(url, request);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${String(response.status)} ${text}`);
  return JSON.parse(text);
}
