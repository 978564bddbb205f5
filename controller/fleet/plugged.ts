import type { Nic, Vm } from '../opennebula/index.ts'
import type { Refuse } from './refuse.ts'

/** A NIC with the NIC that has the port: itself, or its parent when it is an alias. */
export interface Plugged {
  readonly vm: Vm
  readonly nic: Nic
  readonly carrier: Nic
}

interface Served {
  /** For each reservation, the network it was cut out of: same bridge, other id. */
  readonly parents: ReadonlyMap<number, number>
  /** Ids of all networks of the cluster that hosts serve. */
  readonly known: ReadonlySet<number>
  /** Those of them that are public. */
  readonly open: ReadonlySet<number>
  readonly refuse: Refuse
}

const portForm = /^one-\d{1,9}-\d{1,4}$/

/** The NICs on served networks by VM and NIC, a VM's aliases after the NICs whose ports they share. */
export function pluggedNics(vms: readonly Vm[], served: Served): Plugged[] {
  return vms
    .toSorted((a, b) => a.id - b.id)
    .flatMap((vm) => {
      const nics = vm.nics
        .toSorted((a, b) => a.nicId - b.nicId)
        .map((nic) => ({ ...nic, networkId: served.parents.get(nic.networkId) ?? nic.networkId }))
        .filter(({ networkId }) => served.known.has(networkId))
      const own = nics.filter(({ parentId }) => parentId === undefined)
      return [
        ...own.map((nic) => ({ vm, nic, carrier: nic })),
        ...nics.flatMap((nic) => aliasOf(vm, nic, own, served)),
      ]
    })
}

/** A port speaks for aliases of its own network; public ones differ only in their ranges. */
function aliasOf(vm: Vm, nic: Nic, own: readonly Nic[], { open, refuse }: Served): Plugged[] {
  const { nicId, networkId, parentId } = nic
  if (parentId === undefined) return []
  const carrier = own.find((one) => one.nicId === parentId)
  const fits =
    carrier?.networkId === networkId || (open.has(networkId) && open.has(carrier?.networkId ?? -1))
  if (carrier && fits) return [{ vm, nic, carrier }]
  const address = nic.externalIp ?? nic.ip ?? 'no address'
  refuse(
    `VM ${vm.id} has ${address} as alias NIC ${nicId} on NIC ${parentId}, which is not on its network`,
  )
  return []
}

/** As OpenNebula names it; another TARGET, which users may give, could be another VM's. */
export function portName({ id }: Vm, { nicId, target }: Nic): string | undefined {
  const name = `one-${id}-${nicId}`
  return portForm.test(name) && (target === '' || target === name) ? name : undefined
}
