import { onedVm, said } from './cast.ts'
import type { Fleet } from './fleet.ts'
import { type Guest, plugTap, takeTaps, unplugTaps } from './guests.ts'
import type { Host } from './host.ts'

/**
 * Moves a running VM with a private and an elastic address, as OpenNebula does it live: the
 * destination's taps first, then the VM, then what the elastic driver's `post` asks for.
 */
export async function liveMove(fleet: Fleet, guest: Guest, source: Host, target: Host) {
  const { id } = guest.vm
  const all = { hosts: [source.number, target.number] as const }
  return {
    /** The destination expects the VM; it still runs where it was. */
    async prepare() {
      said(fleet, onedVm(id, 'migrate', ...all.hosts))
      await fleet.settle()
      for (const nic of guest.vm.nics) await plugTap(target, guest, nic)
      await fleet.settle()
    },
    /** The VM runs at the destination from here on; returns how long it ran nowhere, in ms. */
    async switch(): Promise<number> {
      const began = performance.now()
      await unplugTaps(source, guest)
      await takeTaps(guest)
      return performance.now() - began
    },
    /** Its elastic addresses follow. */
    async follow() {
      for (const nic of guest.vm.nics.filter(({ externalIp }) => externalIp !== undefined)) {
        const moving = onedVm(id, 'migrate', ...all.hosts)
        fleet.specs.moves.arrived(moving, nic.nicId, 10 + target.number)
      }
      fleet.specs.compile()
      await fleet.settle(target)
      said(fleet, onedVm(id, 'running', ...all.hosts))
      await fleet.settle()
    },
  }
}
