import type { Step } from '../engine.ts'
import { hostKeys, type Work } from '../work.ts'
import { gatewaySteps } from './gateway.ts'
import { networkSteps } from './network.ts'
import { serverSteps } from './server.ts'
import { sshKeySteps } from './ssh-key.ts'

/** What steps of APPLYING tell the ones that need them; looked up or created in this very run. */
export interface Made {
  sshKeyId?: string
  vpcId?: string
  networkId?: string
  gatewayIpId?: string
  gatewayId?: string
  readonly servers: Map<string, string>
}

/** APPLYING, and backwards DEPROVISIONING: `keys` are the hosts to make, or to take back. */
export function applyingSteps(work: Work, keys: readonly string[] = hostKeys(work.inputs)): Step[] {
  const made: Made = { servers: new Map() }
  const offer = once(() => work.hardware.plan(work.inputs))
  return [
    ...sshKeySteps(work, made),
    ...networkSteps(work, made),
    ...gatewaySteps(work, made),
    ...keys.flatMap((key) => serverSteps(work, made, key, offer)),
  ]
}

/** What an earlier step made; that it ran is what `needs` says. */
export function have(value: string | undefined, what: string): string {
  if (value === undefined) throw new TypeError(`A step needs the ${what} and does not say so`)
  return value
}

function once<T>(look: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => {
    answer ??= look()
    return answer
  }
}
