import { type ForwardChain, type ForwardWay, forwardWays } from '../host/index.ts'
import type { NetworkStep } from './step.ts'

/**
 * Docker and ufw set the policy of iptables' FORWARD to drop, which no accept in a table of ours can
 * overrule. There, and only there, two rules at the chain's end let pass what our own table let pass
 * before. At the end, so that they stand above the policy and above no rule of anybody: when somebody
 * adds one after them, they are put behind it.
 */
export function forwardSteps(
  hasRouters: boolean,
  chains: readonly ForwardChain[] = [],
): NetworkStep[] {
  return chains.flatMap((chain) =>
    forwardWays.flatMap((way) => stepsOf(way, chain, hasRouters && chain.drops ? 1 : 0)),
  )
}

function stepsOf(way: ForwardWay, chain: ForwardChain, wanted: 0 | 1): NetworkStep[] {
  const { backend } = chain
  const where = `in FORWARD of iptables-${backend}`
  const title = way === 'incoming' ? 'what comes from router namespaces' : 'what goes to them'
  const change = (kind: 'forward-add' | 'forward-delete', verb: string): NetworkStep => ({
    kind,
    backend,
    way,
    sentence: `${verb} ${title} ${where}`,
  })
  const kept = chain.isLast ? wanted : 0
  return [
    // One by one: somebody who restores a saved ruleset twice has ours twice.
    ...Array.from({ length: chain[way] - kept }, () =>
      change('forward-delete', 'no longer accept'),
    ),
    ...(wanted > (chain.isLast ? chain[way] : 0) ? [change('forward-add', 'accept')] : []),
  ]
}
