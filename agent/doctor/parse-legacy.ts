import type { Action, Chain, Match, Rule } from './forward-rules.ts'

/** The chains of `iptables-legacy -S`, which nft does not list. */
export function parseLegacy(output: string): Chain[] {
  const lines = output.split('\n').map((line) => line.trim())
  const policies = new Map<string, 'accept' | 'drop'>()
  const rules = new Map<string, Rule[]>()
  for (const line of lines) {
    const [verb, chain = '', policy] = line.split(' ')
    if (verb !== '-P' && verb !== '-N' && verb !== '-A') continue
    const known = rules.get(chain) ?? []
    rules.set(chain, known)
    if (verb === '-P') policies.set(chain, policy === 'DROP' ? 'drop' : 'accept')
    if (verb === '-A') known.push(ruleOf(line.split(' ').slice(2)))
  }
  return [...rules].map(([name, own]) => ({
    family: 'ip',
    table: 'filter (iptables-legacy)',
    name,
    // The other hooks' chains are no matter here, and nothing jumps to them.
    policy: name === 'FORWARD' ? (policies.get(name) ?? 'accept') : null,
    rules: own,
  }))
}

function ruleOf(words: readonly string[]): Rule {
  const matches: Match[] = []
  let action: Action = { kind: 'continue' }
  let not = false
  for (let at = 0; at < words.length; at++) {
    const [word = '', value = ''] = words.slice(at)
    if (word === '!') {
      not = true
      continue
    }
    if (word === '-j' || word === '-g') action = actionOf(word, value)
    else matches.push(...matchOf(word, value, not))
    not = false
    if (word.startsWith('-') && !/^[-!]/.test(value)) at++
  }
  return { matches, action }
}

function actionOf(word: string, target: string): Action {
  if (target === 'ACCEPT') return { kind: 'accept' }
  if (target === 'DROP' || target === 'REJECT') return { kind: 'drop' }
  if (target === 'RETURN') return { kind: 'return' }
  return { kind: word === '-g' ? 'goto' : 'jump', target }
}

function matchOf(word: string, value: string, not: boolean): Match[] {
  switch (word) {
    case '-i':
    case '-o': {
      const names = [value.replace(/\+$/, '*')]
      return [{ kind: 'device', side: word === '-i' ? 'in' : 'out', not, names }]
    }
    case '-s':
    case '-d': {
      const side = word === '-s' ? 'source' : 'destination'
      // A mask with holes stands there in full.
      return /^[\d.]+\/\d+$/.test(value)
        ? [{ kind: 'address', side, not, prefixes: [value] }]
        : [{ kind: 'unclear' }]
    }
    case '--ctstate':
    case '--state':
      return [{ kind: 'state', not, states: value.toLowerCase().split(',') }]
    case '-m':
      return value === 'physdev'
        ? [{ kind: 'bridge-port' }]
        : ['conntrack', 'state', 'comment'].includes(value)
          ? []
          : [{ kind: 'unclear' }]
    case '--comment':
    case '--reject-with':
      return []
    default:
      return word.startsWith('-') && !word.startsWith('--physdev') ? [{ kind: 'unclear' }] : []
  }
}
