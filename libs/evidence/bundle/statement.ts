import { canonicalJson, type Json } from '#kernel';

import { signNote, type NoteSigner } from '../checkpoints/signer.js';
import { nodeCryptography } from '../node-cryptography.js';
import {
  base64,
  BUNDLE_VERSION,
  hex,
  statementText,
  utf8,
  type BundleHeader,
} from '../verifier/index.js';

/** A header as the bundle's file has it. */
export function headerText({ consistency, ...header }: BundleHeader): string {
  const shown =
    consistency === undefined
      ? {}
      : { consistency: { size: consistency.size, proof: consistency.proof.map(base64) } };
  // The header's own types are plain JSON, of which interfaces have no index signature.
  return canonicalJson({ version: BUNDLE_VERSION, ...header, ...shown } as unknown as Json);
}

/** The ledger's signature of a header, a signed note. */
export function signStatement(header: string, signer: NoteSigner): Promise<string> {
  return signNote(statementText(hex(nodeCryptography.sha256(utf8(header)))), signer);
}
