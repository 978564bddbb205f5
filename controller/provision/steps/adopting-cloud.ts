import type { AdoptedCloudObject, Adopting } from '../../documents/index.ts'
import type { Step } from '../engine.ts'
import { fault } from '../faults.ts'
import type { Work } from '../work.ts'
import { gatewaySteps } from './gateway.ts'
import { have, type Made } from './made.ts'
import { networkSteps } from './network.ts'
import { sshKeySteps } from './ssh-key.ts'

/**
 * What the stock server made at Scaleway gets the provision's tags, each object on its own; with `leaving`
 * what is gone by now is passed over, else it is a failure.
 */
export function claimSteps(
  { hardware }: Work,
  { cloud }: Adopting,
  { leaving = false } = {},
): Step[] {
  return cloud.map((claim) => ({
    ...named(claim),
    run: async ({ tell }) => {
      const there = await hardware.takeOver(claim, tell)
      if (!there && !leaving) throw gone(claim)
    },
  }))
}

/**
 * APPLYING of what is taken over, once all of it is tagged: the steps of a new provision find everything
 * and make what the stock driver does without. Servers are never ordered here.
 */
export function adoptedApplyingSteps(work: Work, { cloud }: Adopting): Step[] {
  const { hardware } = work
  const made: Made = { servers: new Map() }
  const servers = cloud.filter(({ role }) => role === 'server')
  return [
    ...sshKeySteps(work, made),
    ...networkSteps(work, made),
    ...gatewaySteps(work, made),
    ...servers.flatMap(({ key: host, id }): Step[] => [
      {
        name: `${host} with the private-network option`,
        host,
        run: ({ tell }) => hardware.ensureServerOption(id, tell),
      },
      {
        name: `${host} on the private network`,
        host,
        needs: [`${host} with the private-network option`, 'private network'],
        run: async ({ tell }) => {
          await hardware.ensurePrivateNic(id, have(made.networkId, 'private network'), tell)
        },
      },
    ]),
  ]
}

function named({ role, key, address }: AdoptedCloudObject): Pick<Step, 'name' | 'host'> {
  if (role === 'server') return { name: `${key} tagged`, host: key }
  return { name: `${address ?? role.replace('-', ' ')} tagged` }
}

function gone({ role, key, id }: AdoptedCloudObject) {
  const message = `${role} ${key} is not at Scaleway any more`
  return fault('EDGE_STOCK_OBJECT_GONE', message, { object: `${role} ${id}` })
}
