import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { AgentState } from '../../../agent/state/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'

/** What a light host's agent has on its disk. */
export interface Disk {
  /** PKCS#8 PEM. */
  readonly key: string
  token: string | undefined
  good: HostSpec | null
}

export function freshDisk(): Disk {
  const { privateKey } = generateKeyPairSync('ed25519')
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { key, token: undefined, good: null }
}

/** The agent's state over a disk in memory. */
export function stateOn(disk: Disk): AgentState {
  const key = createPrivateKey(disk.key)
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' })
  return {
    key: {
      publicKey: der.subarray(-32).toString('base64'),
      sign: (text) => sign(null, Buffer.from(text), key).toString('base64'),
    },
    lastGood: () => disk.good,
    keepGood: async (spec) => {
      disk.good = spec
    },
    refusal: () => null,
    keepRefusal: async () => {},
    controllers: () => [],
    keepController: async () => false,
    token: async () => disk.token,
    forgetToken: async () => {
      disk.token = undefined
    },
  }
}
