/** A NIC as the hypervisor gets it: everything a guest needs to configure itself. */
export interface VmNic {
  /** Name of the port on the host: `one-<vm>-<nic>`. */
  readonly target: string
  readonly bridge: string
  readonly mac: string
  readonly ip: string
  readonly prefix: number
  /** undefined for a network without routing. */
  readonly gateway: string | undefined
  readonly mtu: number
  readonly dns: string | undefined
}

export interface StartVm {
  /** OpenNebula's name of the host: its public address. */
  readonly hostname: string
  readonly vm: number
  readonly nics: readonly VmNic[]
}

/**
 * What OpenNebula's drivers do on a host over SSH. `test/lab/metal` implements it with real
 * namespaces; tests of the stand-in use one in memory. Every method rejects with the sentence the
 * real driver would print.
 */
export interface Hypervisor {
  /** Whether monitoring reaches the host. */
  hostAnswers(hostname: string): Promise<boolean>
  hasBridge(hostname: string, bridge: string): Promise<boolean>
  bridgeHasPort(hostname: string, bridge: string, device: string): Promise<boolean>
  makeBridge(hostname: string, bridge: string): Promise<void>
  /** Plugs the NICs and boots; resolves when the guest runs. */
  startVm(start: StartVm): Promise<void>
  /** Gone already is fine. */
  stopVm(hostname: string, vm: number): Promise<void>
  /** Live: the guest keeps running and its ports appear on the bridges of `to`. */
  moveVm(vm: number, from: string, to: string): Promise<void>
}
