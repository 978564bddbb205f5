import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'

export interface SshKeyPair {
  /** OpenSSH's own private key file (openssh-key-v1, no passphrase). */
  readonly privateOpenssh: string
  /** `ssh-ed25519 AAAA… comment`, one line without line end. */
  readonly publicOpenssh: string
}

const keyType = 'ssh-ed25519'
/** DER of PKCS#8 around a bare ed25519 seed (RFC 8410). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * The ed25519 key pair of a 32-byte seed in OpenSSH's formats; the same seed always gives the same
 * files. Format: openssh-portable PROTOCOL.key. Throws RangeError for a seed of another length.
 */
export function sshKeyPair(seed: Buffer, comment = 'edgectl'): SshKeyPair {
  if (seed.length !== 32) throw new RangeError(`An ed25519 seed has 32 bytes, not ${seed.length}`)
  const publicKey = publicOf(seed)
  const publicBlob = join(text(keyType), text(publicKey))
  const body = join(
    text('none'),
    text('none'),
    text(''),
    uint32(1),
    text(publicBlob),
    text(privateSection(seed, publicKey, comment)),
  )
  return {
    privateOpenssh: armour(join(Buffer.from('openssh-key-v1\0'), body)),
    publicOpenssh: `${keyType} ${publicBlob.toString('base64')} ${comment}`,
  }
}

function publicOf(seed: Buffer): Buffer {
  const key = createPrivateKey({ key: join(pkcs8Head, seed), format: 'der', type: 'pkcs8' })
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
}

function privateSection(seed: Buffer, publicKey: Buffer, comment: string): Buffer {
  // OpenSSH writes two equal random numbers to recognise a wrong passphrase; ours are derived, so
  // that the file is a function of the seed.
  const check = createHash('sha256').update('check').update(seed).digest().subarray(0, 4)
  const section = join(
    check,
    check,
    text(keyType),
    text(publicKey),
    text(join(seed, publicKey)),
    text(comment),
  )
  const padding = (8 - (section.length % 8)) % 8
  return join(section, Buffer.from(Array.from({ length: padding }, (_, index) => index + 1)))
}

function armour(key: Buffer): string {
  const lines = key.toString('base64').match(/.{1,70}/g) ?? []
  const [begin, end] = ['BEGIN', 'END'].map((word) => `-----${word} OPENSSH PRIVATE KEY-----`)
  return [begin, ...lines, end, ''].join('\n')
}

function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value)
  return join(uint32(bytes.length), bytes)
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function join(...parts: Buffer[]): Buffer {
  return Buffer.concat(parts)
}
