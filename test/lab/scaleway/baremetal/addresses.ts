import type { Sim } from '../engine/sim.ts'
import type { Server, ServerIp } from './model.ts'

const firstServer = 10
const firstGateway = 200
const end = 250

/** The lowest free address of the public /24 for a server: `.10` to `.199`. */
export function freeServerAddress(sim: Sim): string {
  return lowestFree(sim, firstServer, firstGateway)
}

/** For a public gateway: `.200` to `.249`. */
export function freeGatewayAddress(sim: Sim): string {
  return lowestFree(sim, firstGateway, end)
}

/** The /24's router, which every server uses. */
export const publicGateway = (sim: Sim): string => `${sim.config.publicPrefix}.1`

export function serverIps(sim: Sim): ServerIp[] {
  const v4 = freeServerAddress(sim)
  const last = v4.split('.').at(-1)
  const dashed = v4.replaceAll('.', '-')
  return [
    ip(sim, v4, 'IPv4', `${dashed}.rev.poneytelecom.eu.`),
    ip(sim, `2001:bc8:1203:${last}::1`, 'IPv6', ''),
  ]
}

export const ipv4Of = ({ ips }: Server): string =>
  ips.find(({ version }) => version === 'IPv4')?.address ?? ''

function ip(sim: Sim, address: string, version: ServerIp['version'], reverse: string): ServerIp {
  const id = sim.chance.uuid()
  return { id, address, version, reverse, reverse_status: 'active', reverse_status_message: '' }
}

function lowestFree(sim: Sim, from: number, to: number): string {
  const taken = new Set([
    ...[...sim.store.servers.values()].map(ipv4Of),
    ...[...sim.store.gatewayIps.values()].map(({ address }) => address),
  ])
  for (let octet = from; octet < to; octet += 1) {
    const address = `${sim.config.publicPrefix}.${octet}`
    if (!taken.has(address)) return address
  }
  throw new Error(`no public address left in ${sim.config.publicPrefix}.${from}-${to - 1}`)
}
