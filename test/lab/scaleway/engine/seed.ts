import { hardware } from '../baremetal/hardware.ts'
import type { PoolRecord } from '../flexible-ip/model.ts'
import { takeFromPool } from '../flexible-ip/pool.ts'
import { metalZones } from '../transport/locality.ts'
import type { Sim } from './sim.ts'

const ipv4PerZone = 240
const ipv6PerZone = 32
/** Addresses entered the pool long before anybody's order. */
const poolStart = Date.parse('2024-08-28T09:00:00Z')

/** The state of a new simulator: keys, quotas, stock, address pools and other people's addresses. */
export function seed(sim: Sim): void {
  const { config, store } = sim
  for (const key of config.keys)
    store.keys.set(key.accessKey, {
      access_key: key.accessKey,
      secret_key: key.secretKey,
      default_project_id: key.projects?.[0] ?? config.projects[0]?.id ?? '',
      expires_at: key.expiresAt ?? null,
      created_at: '2024-01-01T00:00:00.000000Z',
      projects: key.projects ?? null,
      denied: key.denied ?? [],
      revoked: null,
    })
  for (const [name, limit] of Object.entries(config.quotas)) store.quotas.set(name, limit)
  for (const [index, zone] of metalZones.entries()) {
    for (const { name, hourlyId, monthlyId, stock } of hardware)
      for (const id of [hourlyId, monthlyId]) {
        const level = config.stock[name] ?? stock
        store.stock.set(`${zone}/${id}`, { level, afterN: null, later: level })
      }
    store.pool.set(zone, poolOf(sim, index))
    settleForeigners(sim, zone)
  }
}

function poolOf(sim: Sim, zoneIndex: number): PoolRecord[] {
  const record = (ip_address: string, minute: number, ipv6: boolean): PoolRecord => ({
    id: sim.chance.uuid(),
    ip_address,
    created_at: new Date(poolStart + minute * 60_000).toISOString().replace('Z', '000Z'),
    ipv6,
  })
  const third = 64 + zoneIndex * 16
  return [
    ...Array.from({ length: ipv4PerZone }, (_, n) =>
      record(`195.154.${third}.${n + 10}`, n, false),
    ),
    ...Array.from({ length: ipv6PerZone }, (_, n) =>
      record(`2001:bc8:702:${(0x600 + zoneIndex * 64 + n).toString(16)}::/64`, 300 + n, true),
    ),
  ]
}

/** The lowest records are taken, so that whoever reads one page of the zone misses its own. */
function settleForeigners(sim: Sim, zone: string): void {
  const project = sim.config.projects[1]?.id
  if (project === undefined) return
  for (let n = 0; n < sim.config.foreignFips; n += 1)
    takeFromPool(sim, { zone, project, ipv6: false, description: 'another team', tags: [] })
}
