import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type {
  ConnectionTable,
  ElasticHealth,
  ElasticTraffic,
  HostSpec,
} from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Exec } from '../exec/index.ts'
import { createOdometer } from './odometer.ts'
import { readRouter } from './traffic.ts'

export interface ElasticsReading {
  readonly elastics: ElasticHealth[]
  /** Of the router of each public network with an armed address. */
  readonly connections: Omit<ConnectionTable, 'limit'>[]
}

export interface ElasticsOptions {
  readonly exec: Exec
  readonly logger: Logger
  /** The kernel's view of devices; `/sys/class/net`. */
  readonly devices: string
}

interface Served {
  readonly ports: ReadonlySet<string>
  readonly traffic: ReadonlyMap<string, ElasticTraffic>
  readonly connections: ElasticsReading['connections']
}

/** Reads how elastic addresses fare: one process for each public network that has an armed one. */
export function createElasticsMeter({
  exec,
  logger,
  devices,
}: ElasticsOptions): (spec: HostSpec) => Promise<ElasticsReading> {
  const odometers = new Map<number, ReturnType<typeof createOdometer>>()

  const counted = async (id: number, name: string): Promise<Omit<Served, 'ports'>> => {
    const odometer = odometers.get(id) ?? createOdometer()
    odometers.set(id, odometer)
    try {
      const { traffic, connections } = await readRouter(exec, id)
      const of = `public network ${name}`.slice(0, 80)
      return { traffic: odometer(traffic), connections: [{ of, used: connections }] }
    } catch (error) {
      // While the namespace is being made there is nothing to count, so this is no finding.
      logger.debug(sentenceOf(error), { network: id })
      return unknown
    }
  }
  const look = async (spec: HostSpec): Promise<Map<number, Served>> => {
    const served = new Map<number, Served>()
    for (const { id, name, bridge } of spec.publicNetworks) {
      const ports = new Set(await portsOf(devices, bridge))
      const isArmed = spec.elastics.some(({ network, port }) => network === id && ports.has(port))
      served.set(id, { ports, ...(isArmed ? await counted(id, name) : unknown) })
    }
    return served
  }

  return async (spec) => {
    const served = await look(spec)
    return {
      elastics: spec.elastics.map(({ external, port, address, network }) => {
        const at = served.get(network)
        const armed = at?.ports.has(port) ?? false
        return { external, port, armed, traffic: (armed && at?.traffic.get(address)) || null }
      }),
      connections: [...served.values()].flatMap(({ connections }) => connections),
    }
  }
}

const unknown: Omit<Served, 'ports'> = { traffic: new Map(), connections: [] }

/** Names of the ports of a bridge; one look, because a thousand VMs have a thousand of them. */
async function portsOf(devices: string, bridge: string): Promise<string[]> {
  return readdir(join(devices, bridge, 'brif')).catch(() => [])
}
