import { hkdfSync } from 'node:crypto'

/**
 * A 32-byte secret for one purpose, from the controller document's master (HKDF-SHA256). The same
 * purpose always gives the same bytes, so nothing derived need be stored; two purposes share nothing.
 */
export function derive(master: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, 'edgectl', purpose, 32))
}
