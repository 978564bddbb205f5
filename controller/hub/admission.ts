import { createHash, createPublicKey, timingSafeEqual, verify } from 'node:crypto'
import { type Hello, protocolVersion, signedText } from '../../lib/contract/index.ts'
import { fault } from './faults.ts'
import type { HubOptions } from './hub.ts'

/** Decides who may log in as which server. */
export interface Admission {
  admit(server: string, token: string): void
  forget(server: string): void
  /** Resolves for the rightful agent of `server`. Throws EDGE_AGENT_REFUSED with the reason. */
  judge(hello: Hello, nonce: string, server: string): Promise<void>
}

const tokenLifeMs = 30 * 60_000
/** DER of SubjectPublicKeyInfo before a raw ed25519 key (RFC 8410). */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex')

export function createAdmission({ clock, knownKey, storeKey }: HubOptions): Admission {
  const tokens = new Map<string, { token: string; untilMs: number }>()

  const redeemable = (server: string, token: string | undefined): boolean => {
    const held = tokens.get(server)
    return (
      held !== undefined &&
      token !== undefined &&
      clock.elapsed() < held.untilMs &&
      same(held.token, token)
    )
  }

  return {
    admit: (server, token) => {
      tokens.set(server, { token, untilMs: clock.elapsed() + clock.patience(tokenLifeMs) })
    },
    forget: (server) => {
      tokens.delete(server)
    },
    judge: async (hello, nonce, server) => {
      if (hello.protocol !== protocolVersion) {
        throw refused(`it speaks protocol ${hello.protocol}, this controller ${protocolVersion}`)
      }
      if (hello.server !== server) throw refused(`it is ${hello.server}, expected was ${server}`)
      if (!signatureHolds(hello, nonce)) throw refused('its signature does not hold')
      const known = await knownKey(server)
      if (known === hello.publicKey) return
      if (!redeemable(server, hello.token)) {
        throw refused(known === null ? 'its token is not valid' : 'its key is not the known one')
      }
      await storeKey(server, hello.publicKey)
      tokens.delete(server)
    },
  }
}

function signatureHolds({ publicKey, signature, server }: Hello, nonce: string): boolean {
  const raw = Buffer.from(publicKey, 'base64')
  if (raw.length !== 32) return false
  const key = createPublicKey({
    key: Buffer.concat([spkiHead, raw]),
    format: 'der',
    type: 'spki',
  })
  const text = Buffer.from(signedText(nonce, server))
  return verify(null, text, key, Buffer.from(signature, 'base64'))
}

/** Compares without telling by its duration how much was right. */
function same(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}

function refused(why: string) {
  return fault('EDGE_AGENT_REFUSED', `The agent is not let in: ${why}`)
}
