import { cloudConfig, type SshKeyPair, sshKeyPair } from '../bootstrap/index.ts'
import { derive } from '../documents/index.ts'
import type { KeysPort } from '../provision/index.ts'

/** All keys of a controller, derived from its master: nothing of it is stored anywhere. */
export interface Keys extends KeysPort {
  /** The controller's own SSH key for the servers of one provision. */
  controllerPair(provision: string): SshKeyPair
  /** The SSH host key of one server, known before the server is. */
  hostPair(provision: string, key: string): SshKeyPair
  derived(purpose: string): Buffer
  /** The uuid for a purpose: the same purpose always has the same one. */
  derivedUuid(purpose: string): string
}

export function createKeys(master: Buffer): Keys {
  const derived = (purpose: string) => derive(master, purpose)
  const controllerPair = (provision: string) => sshKeyPair(derived(`ssh-controller/${provision}`))
  const hostPair = (provision: string, key: string) =>
    sshKeyPair(derived(`ssh-host/${provision}/${key}`))
  return {
    derived,
    derivedUuid: (purpose) => uuidOf(derived(purpose)),
    controllerPair,
    hostPair,
    controllerKey: (provision) => controllerPair(provision).publicOpenssh,
    userData: (provision, key) => cloudConfig({ hostKey: hostPair(provision, key) }),
  }
}

/** Version 8 of RFC 9562: made by whoever made it, and of nothing but these bytes. */
function uuidOf(bytes: Buffer): string {
  const own = Buffer.from(bytes.subarray(0, 16))
  own.writeUInt8((own.readUInt8(6) & 0x0f) | 0x80, 6)
  own.writeUInt8((own.readUInt8(8) & 0x3f) | 0x80, 8)
  return own.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
