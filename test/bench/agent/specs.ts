import type { HostSpec } from '../../../lib/contract/index.ts'
import { numberToIpv4 } from '../../../lib/net/index.ts'
import { hostSpec } from '../../unit/agent-net/specs.ts'
import type { Rig } from './rig.ts'

export type Elastic = HostSpec['elastics'][number]

/** VMs that carry the addresses: a bridge has at most 1,023 ports, so that a VM has many. */
const vms = 10
const publicBridge = 'onebr1'
export const tapOf = (vm: number): string => `one-${vm}-0`
export const macOf = (vm: number): string => `02:00:64:40:00:${10 + vm}`

export interface Size {
  readonly networks?: number
  readonly addresses?: number
}

/** A host with so many private networks, and so many elastic addresses on its public one. */
export function specOf({ networks = 0, addresses = 0 }: Size): HostSpec {
  const elastics = addressesOf(addresses)
  const byPort = Map.groupBy(elastics, ({ port }) => port)
  return hostSpec({
    networks: Array.from({ length: networks }, (_, index) => networkAt(index)),
    publicNetworks: [{ id: 1, name: 'public', bridge: publicBridge, mtu: 1450 }],
    elastics,
    ports: Array.from({ length: vms }, (_, vm) => ({
      ...{ port: tapOf(vm), vm, nic: 0, network: 1, mac: macOf(vm) },
      addresses: (byPort.get(tapOf(vm)) ?? []).map(({ address }) => address),
    })),
  })
}

/** Reconciles to an empty public network and plugs the VMs into it. */
export async function plugVms(rig: Rig): Promise<void> {
  await rig.reconcile(specOf({}))
  for (let vm = 0; vm < vms; vm++)
    await rig.sh(`ip link add ${tapOf(vm)} type veth peer name peer-${vm}
      ip link set ${tapOf(vm)} master ${publicBridge}; ip link set ${tapOf(vm)} up`)
  await rig.reconcile(specOf({}))
}

const firstExternal = 195 * 2 ** 24 + 154 * 2 ** 16
const firstPair = 100 * 2 ** 24 + 64 * 2 ** 16

/** Elastic addresses in order: the VM of the n-th has the second address of the n-th /31. */
export function addressesOf(count: number): Elastic[] {
  return Array.from({ length: count }, (_, index) => ({
    external: numberToIpv4(firstExternal + index),
    address: numberToIpv4(firstPair + 2 * index + 1),
    gateway: numberToIpv4(firstPair + 2 * index),
    network: 1,
    port: tapOf(index % vms),
  }))
}

function networkAt(index: number): HostSpec['networks'][number] {
  const id = 10 + index
  return {
    ...{ id, name: `n${id}`, vni: 100 + id, bridge: `onebr${id}`, device: `scwpn.${100 + id}` },
    mtu: 1450,
    vteps: ['10.180.0.12', '10.180.0.13'],
    gateway: '172.30.0.1/24',
    egress: 'public-gateway',
  }
}
