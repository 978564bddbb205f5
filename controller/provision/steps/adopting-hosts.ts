import type { Adopting } from '../../documents/index.ts'
import type { Step } from '../engine.ts'
import { fault } from '../faults.ts'
import { fleetFacts } from '../fleet-facts.ts'
import { hostKeys } from '../members.ts'
import type { Work } from '../work.ts'
import { refuseGuestsOn } from './adopting-guests.ts'
import { accessOf } from './agents.ts'

/**
 * Hosts that the stock server installed let us in, by OpenNebula's own login and its known hosts, and lose
 * what would be in the way of ours. The host key that they show there is written into OpenNebula's host:
 * from then on they are logged in to as all others are, and only with that key. Throws EDGE_STOCK_GUESTS.
 */
export function letInSteps(work: Work, { ranges, devices }: Adopting): Step[] {
  const { ports, body, id } = work
  return hostKeys(work).map((host) => ({
    name: `${host} lets edgectl in`,
    host,
    run: async ({ tell, signal }) => {
      const facts = await fleetFacts(ports.opennebula, id, body.uuid)
      const found = facts?.hosts.find(({ key }) => key === host)
      if (found === undefined) throw fault('EDGE_SERVER_MISSING', `${host} is not in OpenNebula`)
      if (found.hostKey === undefined) await refuseGuestsOn(work, found.hostId)
      tell(`logging in to ${found.address} as OpenNebula does`)
      const left = { devices, addresses: ranges.map(({ ip, external }) => ({ ip, external })) }
      const { hostKey } = await ports.hosts.letIn(accessOf(body.uuid, found), { left, signal })
      await ports.opennebula.hosts.update(found.hostId, { EDGE_HOST_KEY: hostKey })
    },
  }))
}
