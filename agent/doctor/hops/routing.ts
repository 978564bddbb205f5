import { underlayName } from '../../../lib/contract/index.ts'
import { daemons, type Facts, type Session } from '../facts.ts'
import { broken, type Finding, type Hop, ok, unknown } from '../hop.ts'
import type { Peers } from '../subjects.ts'
import { few } from '../words.ts'

/** The control plane: how hosts learn where each other's VMs are. */
export const routingHops: readonly Hop<Peers>[] = [
  { name: 'FRR', check: answering },
  { name: 'FRR config', check: configured },
  { name: 'VTEP', check: vtepKnown },
  { name: 'BGP', check: sessions },
  { name: 'BFD', check: bfd },
]

/** What the flood list still does while the control plane is gone. */
const meanwhile = 'Meanwhile the flood list carries packets.'

function answering(_: Peers, { routing }: Facts): Finding {
  const silent = daemons.filter((daemon) => routing.silent[daemon] !== undefined)
  if (silent.length === 0) return ok(`${daemons.join(', ')} answer`)
  return broken(
    `${silent.join(', ')} ${silent.length === 1 ? 'does' : 'do'} not answer`,
    `\`systemctl status frr\`, then \`systemctl restart frr\`. ${meanwhile}`,
  )
}

function configured(_: Peers, { routing }: Facts): Finding {
  const { changes, silent } = routing
  if (silent.bgpd !== undefined || silent.bfdd !== undefined)
    return unknown('a daemon that does not answer shows no configuration')
  if (changes.length === 0) return ok('FRR is configured as the specification says')
  return broken(
    `FRR is not configured as the specification says; the agent would: ${few(changes)}`,
    '`systemctl restart edge-agent` tells FRR again; `journalctl -u edge-agent` shows what it refuses.',
  )
}

function vtepKnown(_: Peers, { spec, routing }: Facts): Finding {
  if (routing.addresses === null) return unknown('zebra does not answer, or not as expected')
  const { address } = spec.underlay
  if (routing.addresses.includes(address)) return ok(`zebra knows ${address} on ${underlayName}`)
  return broken(
    `zebra does not know ${address} on ${underlayName}, so bgpd closes every session it opens`,
    `\`ip address replace ${address} dev ${underlayName}\` tells it once more.`,
  )
}

function sessions({ peers }: Peers, { spec, routing }: Facts): Finding | null {
  const { neighbours, role } = spec.bgp
  // A client hears of every host by its reflectors.
  const needed = neighbours
    .map(({ address }) => address)
    .filter((address) => role === 'client' || peers.includes(address))
  if (needed.length === 0) return null
  const { sessions: known } = routing
  if (known === null) return unknown('bgpd does not answer, or not as expected')
  const down = needed.flatMap((address) => {
    const session = known.find(({ neighbour }) => neighbour === address)
    return session?.state === 'Established' ? [] : [{ address, session }]
  })
  const [first] = down
  if (first === undefined)
    return ok(
      `the session${needed.length === 1 ? '' : 's'} to ${few(needed)} ${needed.length === 1 ? 'is' : 'are'} Established`,
    )
  return broken(
    `the session to ${few(down.map(({ address, session }) => `${address} is ${stateOf(session)}`))}`,
    `${advice(first.address, first.session)} ${meanwhile}`,
  )
}

function stateOf(session: Session | undefined): string {
  if (session === undefined) return 'not configured'
  return session.reason === null ? session.state : `${session.state} (last: ${session.reason})`
}

function advice(address: string, session: Session | undefined): string {
  if (session === undefined) return '`systemctl restart edge-agent` configures it.'
  if (/admin|shutdown/i.test(`${session.state} ${session.reason ?? ''}`))
    return `Somebody shut it down by hand; \`systemctl restart edge-agent\` undoes it, here or on ${address}.`
  return `Is FRR up on ${address}, and its agent, of the same password? \`edge-agent doctor ip ${address}\` here and there; \`vtysh -c 'show bgp neighbors ${address}'\`.`
}

function bfd({ peers }: Peers, { spec, routing }: Facts): Finding | null {
  const { neighbours, role } = spec.bgp
  const needed = neighbours
    .map(({ address }) => address)
    .filter((address) => role === 'client' || peers.includes(address))
  if (needed.length === 0) return null
  const { bfd: known } = routing
  if (known === null) return unknown('bfdd does not answer, or not as expected')
  const down = needed.flatMap((address) => {
    // FRR keeps a single-hop and a multihop session to each; both must be up.
    const both = known.filter(({ peer }) => peer === address)
    const found = both.find(({ status }) => status !== 'up') ?? both[0]
    if (found?.status === 'up') return []
    return [
      `${address} is ${found === undefined ? 'absent' : `${found.status} (${found.diagnostic})`}`,
    ]
  })
  if (down.length === 0) return ok(`BFD to ${few(needed)} is up`)
  return broken(
    `BFD to ${few(down)}`,
    `UDP 3784 must pass on ${underlayName} both ways; \`vtysh -c 'show bfd peers'\` here and there. ${meanwhile}`,
  )
}
