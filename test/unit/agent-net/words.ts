import { frrModel } from '../../../agent/frr/model.ts'
import { renderFrr } from '../../../agent/frr/render.ts'
import { gatewayMac } from '../../../agent/host/index.ts'
import { bridgeLines, ipLines } from '../../../agent/link/index.ts'
import { renderChanges, renderRemoval, renderTables } from '../../../agent/nat/index.ts'
import type { NetworkStep } from '../../../agent/plan/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { Fault } from '../../../lib/fault/index.ts'

/** What a step is to ip, bridge, nft, /proc/sys or another program. */
export function textsOf(step: NetworkStep): string[] {
  switch (step.kind) {
    case 'table-set':
      return renderTables([step.table]).split('\n')
    case 'table-change':
      return renderChanges(step, step.changes).split('\n')
    case 'table-delete':
      return renderRemoval(step).split('\n')
    case 'sysctl-set':
      return [`${step.key}=${step.value}`]
    case 'flush':
    case 'announce':
      return [step.address]
    default:
      return [...ipLines(step), ...bridgeLines(step)]
  }
}

/** FRR's configuration; nothing when a value is refused, which then is named. */
export function frrLinesOf(spec: HostSpec): string[] {
  try {
    return renderFrr(frrModel(spec, gatewayMac)).split('\n')
  } catch (error) {
    if (error instanceof Fault && error.code === 'EDGE_FRR_VALUE_UNSAFE') return []
    throw error
  }
}

/** Every text of a value, wherever it stands. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(stringsIn)
}

const separators = /[\s{},;="]+/

export const wordsOf = (line: string): string[] => line.split(separators).filter(Boolean)

/** Numbers, addresses, MACs, hashes and what is made of them: words that only say themselves. */
const plainWord =
  /^-?(\d+|[\d.]+(\/\d+)?|[\da-f:]+(\/\d+)?|fx[rl]?\d+|fx:[\da-f]{16}|[\da-f]{8,16}|version-[\da-f]+|bridge-\d+|scwpn\.\d+|one-\d+-\d+)$/i

/**
 * The first word that is neither one of those a harmless spec leads to, nor a plain value, nor, whole,
 * a value of the spec that may be a word: so nothing can say more than itself.
 */
export function strangeWord(
  lines: readonly string[],
  known: ReadonlySet<string>,
  spec: HostSpec,
): string | null {
  const values = new Set(stringsIn(spec).filter((text) => /^[A-Za-z0-9._:/-]+$/.test(text)))
  for (const line of lines) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: just those must not be there
    if (/[\x00-\x08\x0a-\x1f\x7f-\uffff]/.test(line)) return `${JSON.stringify(line)}: control`
    for (const word of wordsOf(line)) {
      const [, before = '', device = '', after = ''] = settingOfDevice.exec(word) ?? []
      const parts = device === '' ? [word] : [`${before}lo${after}`, device]
      const isKnown = (part: string) =>
        known.has(part) || plainWord.test(part) || values.has(part) || settings.has(part)
      if (!known.has(word) && !parts.every(isKnown)) return `${JSON.stringify(line)}: ${word}`
    }
  }
  return null
}

const settingOfDevice = /^(net\/ipv[46]\/(?:conf|neigh)\/)(.+)(\/[a-z_0-9]+)$/
/** What is set of any device. */
const settings = new Set([
  'net/ipv4/conf/lo/rp_filter',
  'net/ipv4/conf/lo/send_redirects',
  'net/ipv4/conf/lo/arp_ignore',
  'net/ipv4/neigh/lo/proxy_delay',
  'net/ipv6/conf/lo/disable_ipv6',
])
