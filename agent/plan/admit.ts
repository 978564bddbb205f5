import type { HostSpec } from '../../lib/contract/index.ts'
import type { Observed } from '../host/index.ts'
import { zoneOf } from '../host/index.ts'
import {
  bridgeObjection,
  deviceObjection,
  elasticObjection,
  gatewayObjection,
  hostOf,
  idObjection,
  isForVms,
  portObjection,
} from './objections.ts'

/** A spec of which only the parts that harm nobody are left, and why the others are not. */
export interface Admitted {
  readonly spec: HostSpec
  readonly faults: readonly string[]
}

/**
 * Tenant input is hostile: networks come from users. A network or elastic address that would touch
 * the host, our pools or somebody else's network is left out by name; the rest is applied.
 */
export function admit(spec: HostSpec, observed: Observed, publicDevice: string | null): Admitted {
  const faults: string[] = []
  const taken = new Set<string>()
  const admitted = <T>(
    what: string,
    items: readonly T[],
    title: (item: T) => string,
    why: (item: T) => string | null,
    claims: (item: T) => string[],
  ): T[] =>
    items.filter((item) => {
      const claimed = claims(item)
      const clash = claimed.find((claim) => taken.has(claim))
      const reason = clash === undefined ? why(item) : `${clash} is in use by another ${what}`
      if (reason !== null) faults.push(`${title(item)} is left out: ${reason}`)
      else for (const claim of claimed) taken.add(claim)
      return reason === null
    })

  const host = hostOf(spec, observed, publicDevice)
  const publicNetworks = admitted(
    'network',
    byId(spec.publicNetworks),
    ({ id, name }) => `Public network "${name}" (id ${id})`,
    (network) => bridgeObjection(network, host) ?? idObjection(network.id, spec),
    ({ id, bridge }) => [`id ${id}`, `conntrack zone ${zoneOf(id)}`, `bridge ${bridge}`],
  )
  const networks = admitted(
    'network',
    byId(spec.networks),
    ({ id, name }) => `Network "${name}" (id ${id})`,
    (network) =>
      bridgeObjection(network, host) ??
      deviceObjection(network, host) ??
      idObjection(network.id, spec) ??
      gatewayObjection(network, host),
    ({ id, bridge, vni, device }) => [
      `id ${id}`,
      `conntrack zone ${zoneOf(id)}`,
      `bridge ${bridge}`,
      `VNI ${vni}`,
      `device ${device}`,
    ],
  )
  const elastics = admitted(
    'elastic address',
    spec.elastics,
    ({ external }) => `Elastic address ${external}`,
    (elastic) => elasticObjection(elastic, publicNetworks, host),
    ({ external, address, network }) => [
      `address ${external}`,
      `VM address ${address} of network ${network}`,
    ],
  )
  const known = new Set([...networks, ...publicNetworks].map(({ id }) => id))
  const ports = admitted(
    'port',
    spec.ports.filter(({ network }) => known.has(network)),
    ({ port, vm }) => `Port ${port} of VM ${vm}`,
    portObjection,
    // Two of one MAC would take each other's frames.
    ({ port, mac, network }) => [`port ${port}`, `MAC ${mac} of network ${network}`],
  )
  const gateways = new Map(networks.map(({ id, gateway }) => [id, gateway]))
  const clean = ports.map((port) => {
    const gateway = gateways.get(port.network) ?? null
    const refused = port.addresses.filter((address) => !isForVms(address, gateway))
    for (const text of refused)
      faults.push(
        `Address ${text} of port ${port.port} is left out: it is the gateway's or none a VM may have`,
      )
    return { ...port, addresses: port.addresses.filter((address) => !refused.includes(address)) }
  })
  return { spec: { ...spec, networks, publicNetworks, elastics, ports: clean }, faults }
}

function byId<T extends { readonly id: number }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => a.id - b.id)
}
