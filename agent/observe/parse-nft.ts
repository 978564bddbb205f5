import type { TableShape } from '../host/index.ts'
import { isOurTable, versionChain } from '../nat/index.ts'

type Json = Readonly<Record<string, unknown>>

/** Our own tables out of `nft -j list ruleset`; everybody else's are none of our business. */
export function parseTables(output: string): TableShape[] {
  if (output.trim() === '') return []
  const { nftables } = JSON.parse(output) as { nftables: readonly Json[] }
  const of = (kind: string): Json[] =>
    nftables.filter((entry) => kind in entry).map((entry) => entry[kind] as Json)
  const [sets, chains, rules] = [[...of('set'), ...of('map')], of('chain'), of('rule')]

  return of('table')
    .map(({ family, name }) => ({ family: String(family), name: String(name) }))
    .filter(isOurTable)
    .map(({ family, name }) => {
      const mine = (entry: Json) => entry['family'] === family && entry['table'] === name
      const names = chains.filter(mine).map((chain) => String(chain['name']))
      return {
        family,
        name,
        version: names.map(versionChain).find((version) => version !== null) ?? '',
        elements: Object.fromEntries(
          sets.filter(mine).map((set) => [String(set['name']), elementsOf(set)]),
        ),
        chains: Object.fromEntries(
          names
            .filter((chain) => versionChain(chain) === null)
            .map((chain) => [
              chain,
              rules.filter((rule) => mine(rule) && rule['chain'] === chain).length,
            ]),
        ),
      }
    })
}

function elementsOf({ elem }: Json): string[] {
  return (Array.isArray(elem) ? elem : []).map((element) => elementText(element)).sort()
}

/** An element as it is written in a ruleset: `a`, `a . b`, `a/8`, `a-b`, `key : value`. */
function elementText(element: unknown): string {
  if (Array.isArray(element)) return element.map(elementText).join(' : ')
  if (typeof element !== 'object' || element === null) return String(element)
  const { concat, prefix, range, elem } = element as {
    concat?: readonly unknown[]
    prefix?: { addr: string; len: number }
    range?: readonly unknown[]
    elem?: { val: unknown }
  }
  if (concat !== undefined) return concat.map(elementText).join(' . ')
  if (prefix !== undefined) return `${prefix.addr}/${prefix.len}`
  if (range !== undefined) return range.map(elementText).join('-')
  return elementText(elem?.val ?? '')
}
