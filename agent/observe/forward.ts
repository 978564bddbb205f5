import { type ForwardChain, forwardRule } from '../host/index.ts'

/**
 * Text for python: prints the chain FORWARD of iptables, of whichever of its two kernel interfaces this
 * host uses, where `rules` is what nft listed, or None. Looking must not make it: legacy iptables
 * creates a table that is listed, so its name is asked for first.
 */
export const printForwards = String.raw`
def has_legacy_filter():
    try:
        with open('/proc/net/ip_tables_names') as names:
            return 'filter' in names.read().split()
    except OSError:
        return False

def print_forwards(rules):
    for backend, is_used in (('nft', rules is None or b'FORWARD' in rules), ('legacy', has_legacy_filter())):
        if is_used:
            say(f'{backend}\n')
            feed('', f'iptables-{backend}', '-w', '5', '-S', 'FORWARD')
`

/** Per backend its name, then the lines of `iptables -S FORWARD`, if it has that chain. */
export function parseForwards(output: string): ForwardChain[] {
  const chains: ForwardChain[] = []
  for (const [, backend = '', lines = ''] of output.matchAll(/^(nft|legacy)\n((?:-.*\n)*)/gm)) {
    // A backend that could not be asked is none we may change.
    if (!lines.includes('-P FORWARD ')) continue
    const rules = lines.split('\n').filter((line) => line !== '')
    const ours = rules.map((rule) => ownLines.has(rule))
    chains.push({
      backend: backend === 'legacy' ? 'legacy' : 'nft',
      drops: rules.includes('-P FORWARD DROP'),
      incoming: rules.filter((rule) => rule === lineOf('incoming')).length,
      outgoing: rules.filter((rule) => rule === lineOf('outgoing')).length,
      isLast: !ours.includes(true) || ours.lastIndexOf(false) < ours.indexOf(true),
    })
  }
  return chains
}

const lineOf = (way: 'incoming' | 'outgoing'): string => `-A FORWARD ${forwardRule(way).join(' ')}`
const ownLines = new Set([lineOf('incoming'), lineOf('outgoing')])
