import type { Vm } from '../../../controller/opennebula/index.ts'

/** Somebody's virtual machine that runs on a host. */
export function vmOn(id: number, hostId: number): Vm {
  return {
    id,
    name: 'guest',
    owner: { uid: 9, gid: 1, uname: 'u', gname: 'g' },
    state: 3,
    lcmState: 3,
    deployId: `one-${id}`,
    history: [
      {
        seq: 0,
        hostId,
        hostname: '',
        clusterId: 0,
        datastoreId: 0,
        vmMad: 'kvm',
        action: 0,
        startTime: 1,
        endTime: 0,
      },
    ],
    nics: [],
    template: {},
    userTemplate: {},
  }
}
