import { hardware } from '../baremetal/hardware.ts'
import { vanish } from '../baremetal/lifecycle.ts'
import type { Stock } from '../baremetal/model.ts'
import { type FaultMatch, stateActions, transportActions } from '../engine/faults.ts'
import type { Sim } from '../engine/sim.ts'
import { metalZones } from '../transport/locality.ts'

type Settings = Readonly<Record<string, unknown>>

/** Under `action` one name, or one name with its settings. */
export interface FaultRequest {
  readonly match?: FaultMatch
  readonly times?: number
  /** Simulated milliseconds from the first time it strikes until it heals by itself. */
  readonly forMs?: number
  readonly action: string | Readonly<Record<string, Settings | number | string | boolean>>
}

/** Puts a fault under order, or carries it out at once when it changes a state. Throws on nonsense. */
export function orderFault(sim: Sim, request: FaultRequest): { id: string; action: string } {
  const [action, settings] = nameOf(request.action)
  const id = sim.chance.uuid()
  // What has a place to strike at is a fault like others; without one it is the whole cloud's.
  const immediate = request.match === undefined ? atOnce[action] : undefined
  if (immediate) immediate(sim, settings)
  else if (([...transportActions, ...stateActions] as string[]).includes(action)) {
    const bucket = action === 'rateLimit' && settings['rps'] !== undefined
    const always = bucket || request.forMs !== undefined || endless.includes(action)
    const left = request.times ?? (always ? Number.POSITIVE_INFINITY : 1)
    const { match = {}, forMs } = request
    sim.faults.add({ id, action, settings, match, left, ...(forMs === undefined ? {} : { forMs }) })
  } else throw new TypeError(`unknown action "${action}"`)
  return { id, action }
}

/** Faults that last, unless the order says how often. */
const endless: readonly string[] = ['listLag']

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
  /** `{accessKey?, mode?}`: `denied` (default) and `expired` answer 401, `permissions` 403; `valid` gives back. */
  revokeKey(sim, { accessKey, mode = 'denied' }) {
    for (const key of sim.store.keys.values()) {
      if (accessKey !== undefined && key.access_key !== accessKey) continue
      if (mode === 'valid') Object.assign(key, { revoked: null, denied: [] })
      else if (mode === 'permissions') key.denied = [{ action: '*', resource: '*' }]
      else key.revoked = mode === 'expired' ? 'expired' : 'denied'
    }
  },
  iamDelay(sim, { ms }) {
    sim.config.switches.iamPropagationMs = sim.clock.now() + Number(ms)
  },
  listLag(sim, { ms }) {
    sim.config.switches.listLagMs = Number(ms)
  },
  /** The provider has locked it, for billing or abuse; who looks sees it where the kind has such a status. */
  locked(sim, { id }) {
    sim.store.locked.add(String(id))
    const { servers, flexibleIps, gateways, attachments } = sim.store
    for (const kind of [servers, flexibleIps, gateways, attachments]) {
      const found = kind.get(String(id))
      if (found) found.status = 'locked'
    }
  },
  /** The pool has given the address to somebody else. */
  fipForeign(sim, { id }) {
    const ip = sim.store.flexibleIps.get(String(id))
    if (!ip) throw new TypeError(`unknown flexible IP "${id}"`)
    ip.project_id = sim.chance.uuid()
  },
  /** The next looks at that object do not find it. */
  ghost404(sim, { id, times }) {
    sim.faults.add({
      id: sim.chance.uuid(),
      action: 'ghost404',
      settings: {},
      match: { method: 'GET', pathRegex: `/${id}$` },
      left: Number(times ?? 1),
    })
  },
  /** `{id}`: at once, without anybody's order. */
  vanish(sim, { id }) {
    const server = sim.store.servers.get(String(id))
    if (!server) throw new TypeError(`unknown server "${id}"`)
    vanish(sim, server)
  },
  /** `{ms}`: nobody answers; the state is kept and goes on. */
  crash(sim, { ms }) {
    sim.faults.downUntilMs = sim.clock.now() + Number(ms ?? 5_000)
  },
}
