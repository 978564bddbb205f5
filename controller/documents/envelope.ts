import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { fault } from './faults.ts'

const prefix = 'enc:v1:'
const ivBytes = 12
const tagBytes = 16

/** Seals and opens single values, because oned keeps PROVIDER_BODY in clear. */
export interface Envelope {
  /** `enc:v1:` and base64 of iv, tag and ciphertext; `field` is authenticated with it. */
  seal(field: string, plain: string): string
  /** The plain value; text without the prefix was never sealed and comes back as it is. */
  open(field: string, sealed: string): string
}

/** AES-256-GCM under a 32-byte key. `open` throws EDGE_SECRET_UNREADABLE for another key or field. */
export function createEnvelope(key: Buffer): Envelope {
  return {
    seal: (field, plain) => {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(field))
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return prefix + Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64')
    },
    open: (field, sealed) => (sealed.startsWith(prefix) ? open(key, field, sealed) : sealed),
  }
}

function open(key: Buffer, field: string, sealed: string): string {
  const bytes = Buffer.from(sealed.slice(prefix.length), 'base64')
  try {
    const iv = bytes.subarray(0, ivBytes)
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(field)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
    const text = decipher.update(bytes.subarray(ivBytes + tagBytes))
    return Buffer.concat([text, decipher.final()]).toString('utf8')
  } catch (cause) {
    throw fault('EDGE_SECRET_UNREADABLE', `The stored ${field} cannot be decrypted`, { cause })
  }
}
