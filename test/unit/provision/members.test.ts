import t from 'tap'
import { type Candidate, chooseHosts } from '../../../controller/provision/choose-hosts.ts'
import { guestsOf } from '../../../controller/provision/guests.ts'
import {
  join,
  leave,
  takeAddressKeys,
  takeHostKeys,
} from '../../../controller/provision/members.ts'
import { vmOn } from './vm-on.ts'

type Draft = Parameters<typeof takeHostKeys>[0]

const draftOf = (values: Record<string, unknown>): Draft => ({ user_inputs_values: values })

t.test('a key that a host had is never given to another', async (t) => {
  const draft = draftOf({ oneform_hosts: 3 })
  leave(draft, 'host-2')
  t.same(draft.host_keys, ['host-0', 'host-1'])
  t.equal(draft.user_inputs_values['oneform_hosts'], 2)
  t.same(takeHostKeys(draft, 2), ['host-2', 'host-3'], 'a document that never gave any out')
  join(draft, 'host-2')
  join(draft, 'host-3')
  join(draft, 'host-3')
  leave(draft, 'host-3')
  t.same(takeHostKeys(draft, 1), ['host-4'])
  t.same(draft.host_keys, ['host-0', 'host-1', 'host-2'])
})

t.test('keys of addresses go on where they were, and pass over what ranges have', async (t) => {
  const draft = draftOf({ oneform_hosts: 1, instance_public_ips: 2 })
  t.same(takeAddressKeys(draft, 2, new Set(['ip-3'])), ['ip-2', 'ip-4'])
  t.same(takeAddressKeys(draft, 1, new Set()), ['ip-5'])
  t.same(takeHostKeys(draft, 1), ['host-1'], 'hosts have numbers of their own')
})

t.test('a host on its way out is not counted, nor one that has not come', async (t) => {
  const draft = draftOf({ oneform_hosts: 2 })
  draft.scaling = {
    hosts_up: takeHostKeys(draft, 1),
    hosts_down: ['host-0'],
    hosts_kept: [],
    guests: 'refuse',
    ips_up: [],
    ips_given_up: [],
    ranges_down: [],
  }
  join(draft, 'host-2')
  t.equal(draft.user_inputs_values['oneform_hosts'], 2)
  t.same(draft.scaling.hosts_up, [])
  leave(draft, 'host-0')
  t.equal(draft.user_inputs_values['oneform_hosts'], 2)
  t.same(draft.host_keys, ['host-1', 'host-2'])
})

t.test(
  'of equal hosts one goes that neither reflects nor replicates, the newest first',
  async (t) => {
    t.same(chosen(1, [0, 0, 0, 0]), ['host-3'])
    t.same(chosen(2, [0, 0, 0, 0]), ['host-3', 'host-2'])
    t.same(
      chosen(3, [0, 0, 0, 0]),
      ['host-3', 'host-2', 'host-1'],
      'the replica host stays longest',
    )
  },
)

t.test('an empty reflector goes before a host with virtual machines', async (t) => {
  t.same(chosen(1, [0, 0, 3]), ['host-1'])
  t.same(chosen(1, [2, 1, 3]), ['host-2'], 'all are in use: then the one nothing depends on')
  t.same(chosen(1, [2, 1]), ['host-1'], 'two hosts have no reflectors')
})

function chosen(amount: number, guests: readonly number[]): string[] {
  const candidates = guests.map(
    (count, index): Candidate => ({
      key: `host-${index}`,
      hostId: 10 + index,
      guests: count,
      replicas: index === 0,
    }),
  )
  return chooseHosts(candidates, amount).map(({ key }) => key)
}

t.test('a virtual machine is on the host where it runs, and on both while it moves', async (t) => {
  const vm = vmOn(1, 7)
  const [record] = vm.history
  if (record === undefined) throw new Error('a VM without history')
  const history = [record, { ...record, seq: 1, hostId: 8 }]
  const ids = (hostId: number, ...vms: (typeof vm)[]) => guestsOf(vms, hostId).map(({ id }) => id)
  t.same(ids(7, vm), [1])
  t.same(ids(8, vm), [])
  const moving = { ...vm, history, lcmState: 4 }
  t.same([ids(7, moving), ids(8, moving)], [[1], [1]])
  const moved = { ...vm, history }
  t.same([ids(7, moved), ids(8, moved)], [[], [1]])
  t.same(ids(7, { ...vm, state: 8, lcmState: 0 }), [1], 'powered off')
  t.same(ids(7, { ...vm, state: 9, lcmState: 0 }), [], 'undeployed: it starts anywhere')
})
