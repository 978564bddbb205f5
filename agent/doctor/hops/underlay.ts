import { underlayName } from '../../../lib/contract/index.ts'
import type { NetworkStep } from '../../plan/index.ts'
import { isAboutLink, stepFinding } from '../concerning.ts'
import type { Facts, Path } from '../facts.ts'
import { broken, type Finding, type Hop, ok, unknown } from '../hop.ts'
import type { Peers } from '../subjects.ts'
import { peersOf } from '../target.ts'
import { few } from '../words.ts'

/** The private network of the servers, which carries every tunnel. */
export const underlayHops: readonly Hop<unknown>[] = [{ name: 'underlay', check: underlay }]
export const pathHops: readonly Hop<Peers>[] = [{ name: 'path MTU', check: pathMtu }]

function underlay(_: unknown, facts: Facts): Finding {
  const { address, mtu } = facts.spec.underlay
  if (!facts.observed.host.links.some(({ name }) => name === underlayName))
    return broken(
      facts.faults.find(isOfUnderlay) ?? `${underlayName} is not there`,
      `\`ip link\`: is the NIC there? Is the server still on its private network in Scaleway's console?`,
    )
  const differs = stepFinding(
    facts,
    (step) =>
      isAboutLink(step, underlayName, null) || isUnderlayAddress(step) || isUnderlaySetting(step),
  )
  if (differs !== null) return differs
  if (!facts.carriers.has(underlayName)) {
    return broken(
      `${underlayName} has no carrier`,
      `The NIC below it is down or unplugged: \`ip link show ${underlayName}\`, \`ethtool\` on the NIC below.`,
    )
  }
  return ok(`${underlayName} is up with ${address}, MTU ${mtu}`)
}

/** The planner's own words for why there is no underlay to make. */
const isOfUnderlay = (fault: string): boolean =>
  /^(The underlay's device |The host has no default route, so the parent )| is not taken as the underlay/.test(
    fault,
  )

const isUnderlayAddress = (step: NetworkStep): boolean =>
  (step.kind === 'address-add' || step.kind === 'address-delete') &&
  step.at === null &&
  step.address.device === underlayName

const isUnderlaySetting = (step: NetworkStep): boolean =>
  step.kind === 'sysctl-set' && step.at === null && step.key.includes(`/${underlayName}/`)

function pathMtu({ peers }: Peers, { spec, paths }: Facts): Finding | null {
  const measured = paths.filter(({ peer }) => peers.includes(peer))
  if (peers.length === 0) return null
  const [first] = measured
  if (first === undefined) return unknown('no path to another host was measured')
  const by = (passes: Path['passes']) =>
    measured.filter((path) => path.passes === passes).map(({ peer }) => peer)
  const [whole, small, nothing] = [by('whole'), by('small'), by('nothing')]
  if (small.length > 0) {
    return broken(
      `${few(small)} answers small packets, and none of ${first.bytes} bytes: the path's MTU is too small for tunnels`,
      `Compare \`ip link show ${underlayName}\` on both hosts; the private network must carry ${first.bytes} bytes (\`ping -M do -s ${first.bytes - 28} ${small[0]}\`).`,
    )
  }
  if (nothing.length > 0 && nothing.every((peer) => !peersOf(spec).includes(peer)))
    return unknown(`${few(nothing)} does not answer pings, which it need not`)
  if (nothing.length > 0) {
    return broken(
      `${few(nothing)} does not answer on the underlay`,
      `Is that host up? \`ping ${nothing[0]}\`, \`ip neigh show dev ${underlayName}\`; both servers must be on the same private network in Scaleway's console.`,
    )
  }
  const rest = peers.length - measured.length
  return ok(
    `${few(whole)} answer${whole.length === 1 ? 's' : ''} packets of ${first.bytes} bytes${rest > 0 ? `; ${rest} more were not asked` : ''}`,
  )
}
