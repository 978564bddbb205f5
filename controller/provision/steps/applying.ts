import type { Step } from '../engine.ts'
import { hostKeys } from '../members.ts'
import type { Work } from '../work.ts'
import { gatewaySteps } from './gateway.ts'
import type { Made } from './made.ts'
import { networkSteps } from './network.ts'
import { serverSteps } from './server.ts'
import { sshKeySteps } from './ssh-key.ts'
import { knownServers } from './untagged-servers.ts'

/** APPLYING, and backwards DEPROVISIONING: `keys` are the hosts to make, or to take back. */
export function applyingSteps(work: Work, keys: readonly string[] = hostKeys(work)): Step[] {
  const made: Made = { servers: new Map() }
  const model = once(() => work.hardware.model(work.inputs))
  const known = once(() => knownServers(work))
  return [
    ...sshKeySteps(work, made),
    ...networkSteps(work, made),
    ...gatewaySteps(work, made),
    ...keys.flatMap((key) => serverSteps(work, made, key, model, known)),
  ]
}

function once<T>(look: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => {
    answer ??= look()
    return answer
  }
}
