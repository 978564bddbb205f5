/** Where the controller dies: the operation, the call, and whether that is done when it dies. */
export interface FullPoint {
  readonly during: string
  /** As `world/calls.ts` names calls. */
  readonly call: string
  /** Which of the calls of that name in the operation; the first unless given. */
  readonly nth?: number
  readonly when: 'before' | 'after'
}

/**
 * To the cloud, to OpenNebula and to hosts, in each operation of a provision's life. While one with
 * `after` is on its way the others wait: it must not depend on one of them, as an `add_ar` does on the
 * order that its driver makes.
 */
export const fullPoints: readonly FullPoint[] = [
  { during: 'create', call: 'POST vpcs', when: 'after' },
  { during: 'create', call: 'POST servers', when: 'before' },
  { during: 'create', call: 'POST servers', nth: 3, when: 'after' },
  { during: 'create', call: 'POST servers/:server_id/private-networks', when: 'after' },
  { during: 'create', call: 'one.cluster.allocate', when: 'after' },
  { during: 'create', call: 'prepare on host-0', when: 'after' },
  { during: 'create', call: 'upload on host-1', when: 'before' },
  { during: 'create', call: 'start on host-0', when: 'after' },
  { during: 'create', call: 'PATCH servers/:server_id', when: 'before' },
  { during: 'create', call: 'relay on host-1', when: 'before' },
  { during: 'create', call: 'POST fips', when: 'after' },
  { during: 'create', call: 'spec for host-0', when: 'after' },
  { during: 'add-host', call: 'one.document.update: provision to SCALING', when: 'after' },
  { during: 'add-host', call: 'POST servers', when: 'after' },
  { during: 'add-host', call: 'one.host.allocate', when: 'before' },
  { during: 'add-host', call: 'start on host-2', when: 'before' },
  { during: 'add-host', call: 'spec for host-2', when: 'before' },
  { during: 'add-ip', call: 'one.vn.add_ar', when: 'before' },
  { during: 'add-ip', call: 'POST fips', when: 'after' },
  { during: 'del-ip', call: 'one.vn.rm_ar', when: 'before' },
  { during: 'del-ip', call: 'DELETE fips/:fip_id', when: 'after' },
  { during: 'del-host', call: 'one.vm.migrate', when: 'after' },
  { during: 'del-host', call: 'POST fips/attach', when: 'after' },
  { during: 'del-host', call: 'spec for host-1', when: 'after' },
  { during: 'del-host', call: 'one.host.delete', when: 'before' },
  {
    during: 'del-host',
    call: 'DELETE servers/:server_id/private-networks/:private_network_id',
    when: 'before',
  },
  { during: 'del-host', call: 'DELETE servers/:server_id', when: 'after' },
  { during: 'undeploy', call: 'one.document.update: provision to DEPROVISIONING', when: 'before' },
  { during: 'undeploy', call: 'one.host.delete', when: 'after' },
  { during: 'undeploy', call: 'DELETE servers/:server_id', nth: 2, when: 'before' },
  { during: 'undeploy', call: 'DELETE gateways/:gateway_id', when: 'after' },
  { during: 'undeploy', call: 'DELETE vpcs/:vpc_id', when: 'before' },
  { during: 'undeploy', call: 'one.cluster.delete', when: 'before' },
]

export function pointTitle({ during, call, nth, when }: FullPoint): string {
  return `${during}: killed ${when} ${call}${nth === undefined ? '' : ` (${nth})`}`
}
