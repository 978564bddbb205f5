import { createHash } from 'node:crypto'

const kinds = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-[a-z0-9@.-]+)$/

/** Type and base64 of an OpenSSH public key, its comment stripped; undefined when it is none. */
export function parsePublicKey(
  text: string,
): { material: string; fingerprint: string } | undefined {
  const [kind = '', base64 = ''] = text.trim().split(/\s+/)
  const blob = Buffer.from(base64, 'base64')
  if (!kinds.test(kind) || blob.length < 4) return undefined
  const length = blob.readUInt32BE(0)
  if (blob.subarray(4, 4 + length).toString() !== kind) return undefined
  const digest = createHash('md5').update(blob).digest('hex').match(/../g) ?? []
  return {
    material: `${kind} ${base64}`,
    fingerprint: `${bitsOf(kind, blob)} MD5:${digest.join(':')} (${kind})`,
  }
}

function bitsOf(kind: string, blob: Buffer): number {
  if (kind !== 'ssh-rsa') return Number(/nistp(\d+)/.exec(kind)?.[1] ?? 256)
  const exponent = 4 + blob.readUInt32BE(0)
  const modulus = exponent + 4 + blob.readUInt32BE(exponent)
  return (blob.readUInt32BE(modulus) - 1) * 8
}
