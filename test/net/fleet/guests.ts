import type { Nic, Vm } from '../../../controller/opennebula/index.ts'
import type { Host } from './host.ts'
import { type Machine, switchOn } from './machine.ts'

/** A VM's network, plugged into bridges of a host as a hypervisor would. */
export interface Guest {
  readonly vm: Vm
  readonly machine: Machine
}

/** Starts the VM where its newest history record says. */
export async function startGuest(host: Host, vm: Vm): Promise<Guest> {
  const guest = { vm, machine: await switchOn(`vm${vm.id}`) }
  for (const nic of vm.nics) await plugTap(host, guest, nic)
  await takeTaps(guest)
  return guest
}

/** Makes the NIC's tap on a host. The VM's end waits aside, as a destination's does in a migration. */
export async function plugTap(host: Host, { machine }: Guest, nic: Nic): Promise<void> {
  await host.machine.wire(`ip link add ${nic.target} type veth peer name wait${nic.nicId} netns ${machine.pid}
    ip link set ${nic.target} mtu 1450 master ${nic.bridge} up`)
}

/**
 * The VM runs behind the taps that wait: its old ones are gone, as seen from inside, in one batch of
 * `ip`. It announces itself, as QEMU does for its guests.
 */
export async function takeTaps({ vm, machine }: Guest): Promise<void> {
  const lines = vm.nics.flatMap((nic) => {
    const device = `eth${nic.nicId}`
    const prefix = nic.externalIp === undefined ? 24 : 31
    return [
      `link set wait${nic.nicId} address ${nic.mac} mtu 1450 name ${device}`,
      `link set ${device} up`,
      `addr replace ${nic.ip}/${prefix} dev ${device}`,
      ...(nic.gateway === undefined ? [] : [`route replace default via ${nic.gateway}`]),
    ]
  })
  const greet = vm.nics.map(
    ({ nicId, ip }) => `arping -q -U -c 1 -w 1 -I eth${nicId} ${ip} >/dev/null 2>&1 &`,
  )
  await machine.sh(`ip -batch - <<'END'\n${lines.join('\n')}\nEND\n${greet.join('\n')}\nwait`)
}

/** The VM leaves its host: its taps there are deleted. */
export async function unplugTaps(host: Host, { vm }: Guest): Promise<void> {
  const lines = vm.nics.map(({ target }) => `link delete ${target}`)
  await host.machine.sh(`ip -batch - <<'END'\n${lines.join('\n')}\nEND`)
}
