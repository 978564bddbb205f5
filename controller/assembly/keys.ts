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
}

export function createKeys(master: Buffer): Keys {
  const derived = (purpose: string) => derive(master, purpose)
  const controllerPair = (provision: string) => sshKeyPair(derived(`ssh-controller/${provision}`))
  const hostPair = (provision: string, key: string) =>
    sshKeyPair(derived(`ssh-host/${provision}/${key}`))
  return {
    derived,
    controllerPair,
    hostPair,
    controllerKey: (provision) => controllerPair(provision).publicOpenssh,
    userData: (provision, key) => cloudConfig({ hostKey: hostPair(provision, key) }),
  }
}
