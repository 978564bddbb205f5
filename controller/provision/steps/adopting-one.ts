import { type TemplateInput, vectorOf } from '../../../lib/opennebula/index.ts'
import type { AdoptedOneObject, Adopting } from '../../documents/index.ts'
import type { OpenNebula } from '../../opennebula/index.ts'
import type { Step } from '../engine.ts'
import { fault } from '../faults.ts'
import { hostKeys } from '../members.ts'
import { edgeKey, type Found, keyOf, marks } from '../objects.ts'
import type { Work } from '../work.ts'
import { privateNetwork } from './network-templates.ts'

/**
 * What the stock server made in OpenNebula gets the provision's marks, and networks what makes them ours;
 * with `leaving` what is gone by now is passed over, else it is a failure.
 */
export function markSteps(work: Work, { one, cloud }: Adopting, { leaving = false } = {}): Step[] {
  return one.map((object) => ({
    ...markNamed(object),
    run: async () => {
      const server = cloud.find(({ role, key }) => role === 'server' && key === object.key)
      const resource = server && `${work.hardware.zone}/${server.id}`
      const attributes = { ...marks(work, object.key, resource), ...extraOf(object) }
      const there = await mark(work, object, attributes)
      if (!there && !leaving && !isGivenUp(work, object)) throw gone(object)
    },
  }))
}

function isGivenUp(work: Work, { kind, key }: AdoptedOneObject): boolean {
  return kind === 'host' && !hostKeys(work).includes(key)
}

function markNamed({ kind, key }: AdoptedOneObject): Pick<Step, 'name' | 'host'> {
  const name = `${key} marked`
  return kind === 'host' ? { name, host: key } : { name: name.replace('-', ' ') }
}

/** False when OpenNebula has no such object of the provision; ids alone may be somebody else's by now. */
async function mark(
  work: Work,
  { kind, key, id }: AdoptedOneObject,
  attributes: TemplateInput,
): Promise<boolean> {
  const room = roomOf(work.ports.opennebula, kind)
  const found = (await room.list()).find((one) => one.id === id)
  if (found === undefined || !isStock(work, found)) return false
  if (keyOf(found.template) !== undefined && keyOf(found.template) !== edgeKey(work, key))
    return false
  await room.update(id, attributes)
  return true
}

function isStock({ id }: Work, { template }: Found): boolean {
  return vectorOf(template, 'ONEFORM')?.['PROVISION_ID'] === String(id)
}

interface Room {
  list(): Promise<readonly Found[]>
  update(id: number, template: TemplateInput): Promise<void>
}

function roomOf(one: OpenNebula, kind: AdoptedOneObject['kind']): Room {
  const rooms: Record<AdoptedOneObject['kind'], Room> = {
    cluster: one.clusters,
    datastore: one.datastores,
    network: one.networks,
    host: one.hosts,
  }
  return rooms[kind]
}

/** Its driver, VNI, addresses and security groups are what they are already. */
const overlay = [
  'VXLAN_MODE',
  'VXLAN_TEP',
  'PHYDEV',
  'IP_LINK_CONF',
  'CONF',
  'MTU',
  'GUEST_MTU',
] as const

function extraOf({ kind, key }: AdoptedOneObject): TemplateInput {
  if (kind !== 'network' || key !== 'private-network') return {}
  return Object.fromEntries(overlay.map((name) => [name, privateNetwork[name]]))
}

function gone({ kind, key, id }: AdoptedOneObject) {
  const message = `OpenNebula’s ${kind} ${id} (${key}) is gone, or another’s by now`
  return fault('EDGE_STOCK_OBJECT_GONE', message)
}
