import { attempt } from './attempts.ts'
import type { Guard } from './guards.ts'
import type { Row } from './table.ts'
import { elasticOf } from './vms.ts'

const outside = '203.0.113.10'
const web = elasticOf('web').external
const shut = 'the filters of a network without egress'

/** A network without egress reaches its gateway, and nothing behind it. */
export const egressRows: readonly Row[] = [
  grey('to its gateway', '172.31.8.1', 'icmp', 'passes'),
  grey('to the internet', outside, 'tcp 80', 'drops', shut, 'source 51.15.0.11'),
  grey('to the internet', outside, 'icmp', 'drops', shut),
  grey(
    'to an elastic address on the same host',
    web,
    'tcp 80',
    'drops',
    shut,
    'source 100.96.0.17',
  ),
  grey("to its host's public address", '51.15.0.11', 'icmp', 'drops', shut),
]

/** While the private network is down on host 1. */
export const severedRows: readonly Row[] = ['tcp 80', 'icmp', 'udp 53'].map((probe) => ({
  ...{ probe, path: 'from a private VM to the internet, its public gateway being gone' },
  ...{ expected: 'drops', why: 'it must not leak out of the public NIC' },
  guard: 'the unreachable route behind the public gateway',
  run: attempt('red2', outside, probe),
}))

function grey(
  path: string,
  to: string,
  probe: string,
  expected: string,
  guard?: Guard,
  lifted?: string,
): Row {
  return {
    ...{ probe, path: `from a private VM without egress ${path}`, expected },
    why: expected === 'drops' ? 'its network has no way out' : 'the router is its own',
    ...(guard === undefined ? {} : { guard }),
    ...(lifted === undefined ? {} : { lifted }),
    run: attempt('grey', to, probe),
  }
}
