import type { Nic, Vm } from '../opennebula/index.ts'
import { momentOf } from './claims.ts'
import { type Owner, owner } from './owner.ts'

/**
 * What the elastic driver told us about a NIC's address ahead of oned: in `post` of a live migration
 * oned still shows the source, in `clean` it still shows the host that is being left. A note holds
 * only while the VM stays in the very state in which it was written.
 */
export interface Moves {
  /** The NIC's address is on this host from now on. */
  arrived(vm: Vm, nicId: number, hostId: number): void
  /** The NIC's address is on no host from now on. */
  left(vm: Vm, nicId: number): void
  /** Where the NIC's address is: the note if it still holds, else `owner(vm)`. */
  holder(vm: Vm, nic: Nic): Owner | null
  /** Drops notes that no longer hold. */
  prune(vms: readonly Vm[]): void
}

interface Note {
  readonly moment: string
  readonly hostId: number | null
}

export function createMoves(): Moves {
  const notes = new Map<string, Note>()
  const write = (vm: Vm, nicId: number, hostId: number | null) =>
    notes.set(`${vm.id}/${nicId}`, { moment: momentOf(vm), hostId })
  return {
    arrived: (vm, nicId, hostId) => write(vm, nicId, hostId),
    left: (vm, nicId) => write(vm, nicId, null),
    holder(vm, nic) {
      const note = notes.get(`${vm.id}/${nic.nicId}`)
      const held = owner(vm)
      if (!note || note.moment !== momentOf(vm)) return held
      if (note.hostId === null) return null
      return { hostId: note.hostId, starting: false, leaving: false, arriving: null }
    },
    prune(vms) {
      const moments = new Map(vms.map((vm) => [String(vm.id), momentOf(vm)]))
      for (const [key, note] of notes) {
        if (moments.get(key.split('/')[0] ?? '') !== note.moment) notes.delete(key)
      }
    },
  }
}
