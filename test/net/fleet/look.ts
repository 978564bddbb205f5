import { createFrr } from '../../../agent/frr/index.ts'
import { gatewayMac } from '../../../agent/host/index.ts'
import type { Fleet } from './fleet.ts'
import type { Host } from './host.ts'

/** Where a host sends frames for a MAC of a network: a VTEP, or null while BGP told it of none. */
export async function learnt(host: Host, device: string, mac: string): Promise<string | null> {
  const fdb = await host.machine.sh(`bridge fdb show dev ${device}`)
  return new RegExp(`^${mac} dst (\\S+) `, 'm').exec(fdb)?.[1] ?? null
}

/** The other hosts a network's unknown and broadcast frames go to. */
export async function floodList(host: Host, device: string): Promise<string[]> {
  const fdb = await host.machine.sh(`bridge fdb show dev ${device}`)
  return [...fdb.matchAll(/^00:00:00:00:00:00 dst (\S+) /gm)].map(([, vtep = '']) => vtep).sort()
}

/** The MACs that `origin` announces, as `host` has them from BGP. */
export async function announced(host: Host, origin: Host): Promise<string[]> {
  const text = await host.ask('bgpd', 'show bgp l2vpn evpn route json')
  const routes: Record<string, unknown> = JSON.parse(text || '{}')
  const own = Object.entries(routes).filter(([rd]) => rd.startsWith(`${origin.vtep}:`))
  const macs = own.flatMap(([, table]) =>
    Object.keys(table as object).flatMap(
      (route) => /^\[2\]:.*\[([0-9a-f:]{17})\]/.exec(route)?.[1] ?? [],
    ),
  )
  return [...new Set(macs)].sort()
}

/** What the agent would still have to tell FRR on this host: nothing, when its file did. */
export async function frrSteps(fleet: Fleet, host: Host): Promise<string[]> {
  const spec = fleet.specs.spec(host.server)
  if (spec === undefined) throw new Error(`${host.name} has no specification`)
  const frr = createFrr({
    ...host.frr,
    gatewayMac,
    prove: async () => undefined,
    announce: async () => undefined,
  })
  return (await frr.plan(spec)).map(({ sentence }) => sentence)
}
