import { hardware } from '../baremetal/hardware.ts'
import type { Stock } from '../baremetal/model.ts'
import { type FaultMatch, stateActions, transportActions } from '../engine/faults.ts'
import type { Sim } from '../engine/sim.ts'
import { metalZones } from '../transport/locality.ts'

type Settings = Readonly<Record<string, unknown>>

/** Under `action` one name, or one name with its settings. */
export interface FaultRequest {
  readonly match?: FaultMatch
  readonly times?: number
  readonly action: string | Readonly<Record<string, Settings | number | string | boolean>>
}

/** Puts a fault under order, or carries it out at once when it changes a state. Throws on nonsense. */
export function orderFault(sim: Sim, request: FaultRequest): { id: string; action: string } {
  const [action, settings] = nameOf(request.action)
  const id = sim.chance.uuid()
  const immediate = atOnce[action]
  if (immediate) immediate(sim, settings)
  else if (([...transportActions, ...stateActions] as string[]).includes(action)) {
    const bucket = action === 'rateLimit' && settings['rps'] !== undefined
    const left = request.times ?? (bucket ? Number.POSITIVE_INFINITY : 1)
    sim.faults.add({ id, action, settings, match: request.match ?? {}, left })
  } else throw new TypeError(`unknown action "${action}"`)
  return { id, action }
}

function nameOf(action: FaultRequest['action']): [string, Settings] {
  if (typeof action === 'string') return [action, {}]
  const [entry, ...more] = Object.entries(action ?? {})
  if (!entry || more.length > 0) throw new TypeError('action must have exactly one name')
  return [entry[0], typeof entry[1] === 'object' ? entry[1] : {}]
}

const atOnce: Readonly<Record<string, (sim: Sim, settings: Settings) => void>> = {
  /** `{zone?, offer, level, afterN?}`: now, or after that many more creates. */
  stock(sim, { zone, offer, level, afterN }) {
    const machine = hardware.find((m) => [m.name, m.hourlyId, m.monthlyId].includes(String(offer)))
    if (!machine) throw new TypeError(`unknown offer "${offer}"`)
    if (!['empty', 'low', 'available'].includes(String(level)))
      throw new TypeError(`unknown level "${level}"`)
    for (const place of zone === undefined ? metalZones : [String(zone)])
      for (const id of [machine.hourlyId, machine.monthlyId]) {
        const stock = sim.store.stock.get(`${place}/${id}`)
        if (!stock) throw new TypeError(`unknown zone "${place}"`)
        stock.later = level as Stock['level']
        if (afterN === undefined) Object.assign(stock, { level, afterN: null })
        else stock.afterN = Number(afterN)
      }
  },
  quota: (sim, { name, limit }) => void sim.store.quotas.set(String(name), Number(limit)),
  /** `{accessKey?, mode?}`: `denied` (default) and `expired` answer 401, `permissions` 403. */
  revokeKey(sim, { accessKey, mode = 'denied' }) {
    for (const key of sim.store.keys.values()) {
      if (accessKey !== undefined && key.access_key !== accessKey) continue
      if (mode === 'permissions') key.denied = [{ action: '*', resource: '*' }]
      else key.revoked = mode === 'expired' ? 'expired' : 'denied'
    }
  },
  iamDelay(sim, { ms }) {
    sim.config.switches.iamPropagationMs = sim.clock.now() + Number(ms)
  },
  listLag(sim, { ms }) {
    sim.config.switches.listLagMs = Number(ms)
  },
  locked: (sim, { id }) => void sim.store.locked.add(String(id)),
  /** The pool has given the address to somebody else. */
  fipForeign(sim, { id }) {
    const ip = sim.store.flexibleIps.get(String(id))
    if (!ip) throw new TypeError(`unknown flexible IP "${id}"`)
    ip.project_id = sim.chance.uuid()
  },
  ghost404(sim, { id, times }) {
    const body = { type: 'not_found', message: 'resource is not found', resource: 'unknown' }
    sim.faults.add({
      id: sim.chance.uuid(),
      action: 'status',
      settings: { code: 404, body: { ...body, resource_id: id } },
      match: { method: 'GET', pathRegex: String(id) },
      left: Number(times ?? 1),
    })
  },
}
