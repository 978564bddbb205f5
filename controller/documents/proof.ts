import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Marks bodies as written by this controller. Every user of OpenNebula may create documents, and
 * change their own: without proof, a body could name another's provider or ask for work in oneadmin's
 * name.
 */
export interface Notary {
  /** The body with a proof that holds for this document only. */
  stamp<Body extends object>(id: number, body: Body): Body & { proof: string }
  /** The body without its proof; undefined when the proof does not hold. */
  verify(id: number, body: object): object | undefined
}

/** HMAC-SHA256 over document id and body. */
export function createNotary(key: Buffer): Notary {
  const proofOf = (id: number, body: object) =>
    createHmac('sha256', key)
      .update(`${id}\n${JSON.stringify(body)}`)
      .digest('base64')
  return {
    stamp: (id, body) => ({ ...body, proof: proofOf(id, body) }),
    verify: (id, stamped) => {
      const { proof, ...body } = stamped as { proof?: unknown }
      const wanted = Buffer.from(proofOf(id, body))
      const shown = Buffer.from(String(proof))
      return shown.length === wanted.length && timingSafeEqual(shown, wanted) ? body : undefined
    },
  }
}
