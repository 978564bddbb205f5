import { lcmState, type Nic, type Vm } from '../opennebula/index.ts'
import { owner } from './owner.ts'

/**
 * What is going on with the VM: at `rest` the address has its place; in any other phase a driver of
 * OpenNebula is at work, or about to be, and sees to the address itself.
 */
export type Phase = 'rest' | 'starting' | 'leaving' | 'migrating' | 'plugging'

/** An elastic address that a VM holds on a host: exactly what the host's state maps. */
export interface Claim {
  readonly provisionId: number
  /** Scaleway's id of the server whose host holds it. */
  readonly server: string
  readonly hostId: number
  readonly vm: number
  readonly nicId: number
  readonly external: string
  readonly ip: string
  readonly phase: Phase
  /** Changes with the VM's state and with each place it comes to. */
  readonly moment: string
}

export function phaseOf(vm: Vm, nic: Nic): Phase {
  const held = owner(vm)
  if (isPlugging(vm, nic)) return 'plugging'
  if (held?.leaving) return 'leaving'
  if (held?.starting) return 'starting'
  return held?.arriving == null ? 'rest' : 'migrating'
}

/** Just this NIC is being plugged in or out; oned does not say which. */
export function isPlugging(vm: Pick<Vm, 'lcmState'>, nic: Nic): boolean {
  return vm.lcmState === lcmState.hotplugNic && nic.attributes['ATTACH']?.toUpperCase() === 'YES'
}

/** The moment of a VM's life in which something was seen or said. */
export function momentOf(vm: Pick<Vm, 'state' | 'lcmState' | 'history'>): string {
  return [vm.state, vm.lcmState, vm.history.at(-1)?.seq ?? -1].join('/')
}
