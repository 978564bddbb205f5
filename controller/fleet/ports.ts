import type { VmPort } from '../../lib/contract/index.ts'
import { isIpv4 } from '../../lib/net/index.ts'
import type { Nic, Vm } from '../opennebula/index.ts'
import type { Moves } from './moves.ts'
import { type Plugged, portName } from './plugged.ts'
import type { Refuse } from './refuse.ts'

const macForm = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/

/**
 * Taps of the VMs on one host, each with its own address and those of its aliases. During live
 * migration a port is on both hosts: its filter must be there before the tap.
 */
export function compilePorts(
  plugged: readonly Plugged[],
  hostId: number,
  { moves, refuse }: { readonly moves: Moves; readonly refuse: Refuse },
): VmPort[] {
  const ports = new Map<Nic, VmPort>()
  for (const { vm, nic, carrier } of plugged) {
    const holder = moves.holder(vm, nic)
    if (!holder) continue
    const here = [holder.hostId, holder.arriving, vm.history.at(-1)?.hostId].includes(hostId)
    const port = nic === carrier ? here && portOf(vm, nic, refuse) : ports.get(carrier)
    if (port) ports.set(carrier, speakingAs(port, nic.ip))
  }
  return [...ports.values()]
}

function portOf(vm: Vm, nic: Nic, refuse: Refuse): VmPort | undefined {
  const port = portName(vm, nic)
  const mac = nic.mac.toLowerCase()
  if (port === undefined || !macForm.test(mac)) {
    refuse(`VM ${vm.id} has a NIC ${nic.nicId} with tap "${nic.target}" and MAC "${mac}"`)
    return undefined
  }
  return { port, vm: vm.id, nic: nic.nicId, network: nic.networkId, mac, addresses: [] }
}

function speakingAs(port: VmPort, ip: string | undefined): VmPort {
  return ip !== undefined && isIpv4(ip) ? { ...port, addresses: [...port.addresses, ip] } : port
}
