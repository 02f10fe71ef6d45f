import type { UuidBrand } from '#kernel';

/** The 16 bytes of a UUID: half the room of its text, in every row and index. */
export function uuidBytes(id: UuidBrand): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

/** The UUID of 16 bytes that {@link uuidBytes} has written. */
export function uuidOf<Id extends UuidBrand>(bytes: Uint8Array): Id {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  const text = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return text as UuidBrand as Id;
}
