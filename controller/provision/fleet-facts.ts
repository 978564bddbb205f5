import { scalarOf } from '../../lib/opennebula/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'
import { hostFacts } from './host-facts.ts'
import { keyOf } from './objects.ts'
import type { FleetFacts } from './ports.ts'

/**
 * What the fleet must know of a provision, read from the hosts' templates; undefined before it has a
 * cluster. Nothing else remembers it, so a new controller starts from here.
 */
export async function fleetFacts(
  { clusters, hosts }: Pick<OpenNebula, 'clusters' | 'hosts'>,
  provisionId: number,
  uuid: string,
): Promise<FleetFacts | undefined> {
  const all = await clusters.list()
  const cluster = all.find(({ template }) => keyOf(template) === `${uuid}/cluster`)
  if (cluster === undefined) return undefined
  const known = (await hosts.list())
    .filter(({ template }) => keyOf(template)?.startsWith(`${uuid}/`))
    .flatMap(({ id, template }) => {
      const facts = hostFacts(template)
      const hostKey = scalarOf(template, 'EDGE_HOST_KEY')
      const known = hostKey === undefined ? {} : { hostKey }
      return facts === undefined ? [] : [{ ...facts, hostId: id, ...known }]
    })
  return { provisionId, uuid, clusterId: cluster.id, hosts: known }
}
