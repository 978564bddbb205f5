import type { Sim } from '../engine/sim.ts'
import type { FlexibleIp, PoolRecord } from './model.ts'

/** € per hour. */
const hourly = 0.004

export interface Taking {
  readonly zone: string
  readonly project: string
  readonly ipv6: boolean
  readonly description: string
  readonly tags: readonly string[]
  readonly reverse?: string
}

/** Hands out the lowest free record of the zone: ids and addresses come back after a release. */
export function takeFromPool(sim: Sim, taking: Taking): FlexibleIp {
  const free = sim.store.pool.get(taking.zone) ?? []
  const index = free.findIndex(({ ipv6 }) => ipv6 === taking.ipv6)
  const [record] = index < 0 ? [] : free.splice(index, 1)
  if (!record) throw new Error(`the flexible IP pool of ${taking.zone} is empty`)
  const ip: FlexibleIp = {
    id: record.id,
    organization_id: sim.config.organizationId,
    project_id: taking.project,
    description: taking.description,
    tags: taking.tags,
    created_at: record.created_at,
    updated_at: sim.clock.stamp(),
    status: 'ready',
    ip_address: record.ip_address,
    mac_address: null,
    server_id: null,
    reverse: taking.reverse ?? reverseOf(record),
    zone: taking.zone,
    hidden: { record, target: null, doomed: false, turn: 0 },
  }
  sim.store.flexibleIps.set(ip.id, ip)
  sim.store.born.set(ip, sim.clock.now())
  const { id, ip_address: name, project_id: project } = ip
  sim.ledger.open({ id, kind: 'flexible-ip', name, project, hourly })
  return ip
}

export function returnToPool(sim: Sim, ip: FlexibleIp): void {
  if (sim.config.switches.poolSteal) return
  const free = sim.store.pool.get(ip.zone) ?? []
  free.push(ip.hidden.record)
  free.sort((a, b) => order(a) - order(b))
}

const order = ({ created_at }: PoolRecord) => Date.parse(created_at)

/** The name every address of the pool has. */
export const reverseOf = ({ ip_address, ipv6 }: PoolRecord) =>
  ipv6 ? '' : `${ip_address.replaceAll('.', '-')}.rev.poneytelecom.eu.`
