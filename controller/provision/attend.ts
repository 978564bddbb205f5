import { scalarOf } from '../../lib/opennebula/index.ts'
import { type ProvisionBody, states } from '../documents/index.ts'
import { fleetFacts } from './fleet-facts.ts'
import type { Ports } from './ports.ts'
import { accessOf } from './steps/agents.ts'

/**
 * After a start of the controller: tells the fleet of a provision's hosts, and connects to those
 * whose agent has enrolled before. Hosts that are still being made are left to the work on them.
 */
export async function attend(ports: Ports, id: number, body: ProvisionBody): Promise<void> {
  if (body.state === states.DONE) return
  const facts = await fleetFacts(ports.opennebula, id, body.uuid)
  if (facts === undefined) return
  const enrolled = new Set(
    (await ports.opennebula.hosts.list())
      .filter(({ template }) => scalarOf(template, 'EDGE_AGENT_KEY') !== undefined)
      .map((host) => host.id),
  )
  await ports.fleet.set(facts)
  for (const host of facts.hosts.filter(({ hostId }) => enrolled.has(hostId)))
    ports.hosts.connect(accessOf(body.uuid, host))
}
