import { attempt } from './attempts.ts'
import type { Party } from './site.ts'
import type { Row } from './table.ts'
import { elasticOf, vms } from './vms.ts'

type Tried = 'icmp' | 'tcp 80' | 'tcp 81' | 'tcp 5432' | 'udp 53'
type Expected = 'passes' | 'drops'

const [web, api, far] = [
  elasticOf('web').external,
  elasticOf('api').external,
  elasticOf('far').external,
]
const outside = '203.0.113.10'

/** router-namespaces.md §1: security groups hold on every path, whichever stock driver came first. */
export const securityRows: readonly Row[] = [
  ...path('internet', 'from the internet to an elastic address', web, {
    'tcp 80': ['passes', "the VM's group allows it in"],
    'tcp 81': ['drops', "the VM's group allows tcp 80 alone in"],
    icmp: ['drops', "the VM's group allows tcp 80 alone in"],
  }),
  ...path('internet', 'from the internet to an elastic address that may be pinged', api, {
    icmp: ['passes', "the VM's group allows it in"],
    'udp 53': ['drops', "the VM's group allows no udp in"],
  }),
  ...path('web', 'from a VM with an elastic address to the internet', outside, {
    icmp: ['passes', "the VM's group allows it out"],
    'tcp 80': ['drops', "the VM's group allows icmp alone out"],
    'udp 53': ['drops', "the VM's group allows icmp alone out"],
  }),
  ...path('api', 'from a VM that may do all to the internet', outside, {
    'tcp 80': ['passes', "the VM's group allows it out"],
    'udp 53': ['passes', "the VM's group allows it out"],
  }),
  ...path('api', "from a VM to another one's private address", vms.web.secured.address, {
    'tcp 80': ['passes', 'both groups allow it'],
    'tcp 81': ['drops', "the target's group does not allow it in"],
    icmp: ['drops', "the target's group does not allow it in"],
  }),
  ...path(
    'web',
    'from a restricted VM to the private address of another',
    vms.api.secured.address,
    {
      icmp: ['passes', 'both groups allow it'],
      'tcp 80': ['drops', "the source's group does not allow it out"],
    },
  ),
  ...path('api', 'from a VM to its own elastic address', api, {
    'tcp 80': ['passes', 'its group allows it out and in'],
    'tcp 81': ['drops', 'its group allows it out and not in'],
    icmp: ['passes', 'its group allows it out and in'],
  }),
  ...path('web', 'from a restricted VM to its own elastic address', web, {
    icmp: ['drops', 'its group allows it out and not in'],
    'tcp 80': ['drops', 'its group allows it in and not out'],
  }),
  ...path('api', 'from a VM to an elastic address on the same host', web, {
    'tcp 80': ['passes', 'both groups allow it'],
    'tcp 81': ['drops', "the target's group does not allow it in"],
  }),
  ...path('web', 'from a restricted VM to an elastic address on the same host', api, {
    icmp: ['passes', 'both groups allow it'],
    'tcp 80': ['drops', "the source's group does not allow it out"],
  }),
  ...path('far', 'from a VM to an elastic address on another host', web, {
    'tcp 80': ['passes', 'both groups allow it'],
    'tcp 81': ['drops', "the target's group does not allow it in"],
  }),
  ...path('web', 'from a restricted VM to an elastic address on another host', far, {
    icmp: ['passes', 'both groups allow it'],
    'tcp 80': ['drops', "the source's group does not allow it out"],
  }),
  ...path('h1', 'from its own host to an elastic address', web, {
    'tcp 80': ['passes', "the VM's group allows it in"],
    'tcp 81': ['drops', "the VM's group does not allow it in"],
    icmp: ['drops', "the VM's group does not allow it in"],
  }),
  ...path('h2', 'from another host to an elastic address', web, {
    'tcp 80': ['passes', "the VM's group allows it in"],
    'tcp 81': ['drops', "the VM's group does not allow it in"],
  }),
  ...path('web', "from a VM to its host's public address", '51.15.0.11', {
    icmp: ['passes', "the VM's group allows it out"],
  }),
  ...path('web', "from a VM to another host's public address", '51.15.0.12', {
    icmp: ['passes', "the VM's group allows it out"],
    'tcp 80': ['drops', "the VM's group does not allow it out"],
  }),
  ...path('red1', 'from a private VM to the internet', outside, {
    'tcp 80': ['passes', "the VM's group allows it out"],
    icmp: ['passes', "the VM's group allows it out"],
    'tcp 81': ['drops', "the VM's group does not allow it out"],
    'udp 53': ['drops', "the VM's group does not allow it out"],
  }),
  ...path('red1', 'from a private VM to its gateway', '172.30.0.1', {
    icmp: ['passes', "the VM's group allows it out"],
    'tcp 81': ['drops', "the VM's group does not allow it out"],
  }),
  ...path('router', 'from the router to a private VM', vms.red1.secured.address, {
    'tcp 80': ['passes', "the VM's group allows it in"],
    'tcp 81': ['drops', "the VM's group does not allow it in"],
    icmp: ['drops', "the VM's group does not allow it in"],
  }),
  ...path('red2', 'between private VMs of one host', vms.red1.secured.address, {
    'tcp 80': ['passes', 'both groups allow it'],
    'tcp 81': ['drops', "the target's group does not allow it in"],
    'tcp 5432': ['passes', "the target's group allows it from this address (an ipset)"],
  }),
  ...path('red3', 'between private VMs of two hosts', vms.red1.secured.address, {
    'tcp 80': ['passes', 'both groups allow it'],
    'tcp 81': ['drops', "the target's group does not allow it in"],
    'tcp 5432': ['drops', "the target's group allows it from another address (an ipset)"],
  }),
  ...path('red1', 'from a restricted private VM to one on another host', vms.red3.secured.address, {
    icmp: ['passes', 'both groups allow it'],
    'tcp 81': ['drops', "neither the source's group nor the target's allows it"],
  }),
  ...path('red2', 'from a private VM to an elastic address on the same host', web, {
    'tcp 80': ['passes', 'both groups allow it'],
    'tcp 81': ['drops', "the target's group does not allow it in"],
  }),
  ...path('red1', 'from a restricted private VM to an elastic address on another host', far, {
    'tcp 80': ['passes', 'both groups allow it'],
    'tcp 81': ['drops', "the source's group does not allow it out"],
  }),
  ...path('green', 'from a private VM that leaves by its host to an elastic address there', web, {
    'tcp 80': ['passes', 'both groups allow it'],
    'tcp 81': ['drops', "the target's group does not allow it in"],
  }),
]

function path(
  from: Party,
  words: string,
  to: string,
  tries: Partial<Record<Tried, readonly [Expected, string]>>,
): Row[] {
  return Object.entries(tries).map(([probe, [expected, why]]) => ({
    ...{ probe, path: words, expected, why },
    ...(expected === 'drops' ? { guard: 'security groups' as const } : {}),
    run: attempt(from, to, probe),
  }))
}
