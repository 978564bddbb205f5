import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto'
import { putFile, textOf } from './atomic-file.ts'

/** Who this agent is: an ed25519 key that never leaves the host. */
export interface AgentKey {
  /** Raw public key, base64. */
  readonly publicKey: string
  /** Signature of a text, base64. */
  sign(text: string): string
}

/** The key in this file (PKCS#8 PEM, readable by root alone); made at first need. */
export async function agentKey(file: string): Promise<AgentKey> {
  const pem = (await textOf(file)) ?? (await makeKey(file))
  const privateKey = createPrivateKey(pem)
  return {
    publicKey: rawPublicKey(privateKey),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
  }
}

async function makeKey(file: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  await putFile(file, pem)
  return pem
}

/** The last 32 bytes of the DER form are the key itself (RFC 8410). */
function rawPublicKey(privateKey: KeyObject): string {
  const der = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  return der.subarray(-32).toString('base64')
}
