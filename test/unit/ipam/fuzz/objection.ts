import { isIPv4 } from 'node:net'
import type { DriverName, Outcome } from '../../../../ipam/wire/index.ts'
import { parseTemplate } from '../../../lab/opennebula/template-text.ts'
import type { Case } from './mutate.ts'

const longestLine = 1_100
const failure = /^ERROR: (\w+): ([^\n]+)\n([^\n]+)\n$/
const warning = /^WARN: free_address: Freed all the same: [^\n]+\n$/

/** What oned could not live with in how a run ended; undefined when there is nothing. */
export function objection({ driver, answer }: Case, outcome: Outcome): string | undefined {
  const { exitCode, stdout, stderr } = outcome
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(stderr.replaceAll('\n', ''))) return 'control characters'
  if (stderr.split('\n').some((line) => line.length > longestLine)) return 'a very long line'
  if (exitCode === 1) {
    if (driver === 'free_address') return 'free_address failed'
    if (stdout !== '') return 'an answer beside a failure'
    const [, name, first, second] = failure.exec(stderr) ?? []
    if (name !== driver || first !== second) return 'a failure of another form'
    if (/^(?:ERROR|INFO|WARN|DEBUG):/.test(second ?? '')) return 'oned would hide the reason'
    return second?.startsWith('The driver has a defect') ? `a defect: ${second}` : undefined
  }
  if (stderr !== '' && !(driver === 'free_address' && warning.test(stderr))) return 'talk'
  const whole = answers[driver]
  if (whole) return whole(stdout, answer.text)
  return stdout === '' ? undefined : `an answer nobody reads: ${stdout}`
}

/** Whether it is whole, as oned's own reader takes it. */
const answers: Partial<Record<DriverName, (out: string, said: string) => string | undefined>> = {
  get_address: (out) => {
    const ip = vectorIn(out, 'ADDRESS')?.['IP'] ?? ''
    return isIPv4(ip) ? undefined : `no address: ${out}`
  },
  register_address_range: (out, said) => {
    const range = vectorIn(out, 'AR')
    if (!range) return `no range: ${out}`
    const { TYPE, SIZE, IPAM_MAD, MAC } = range
    const right = TYPE === 'IP4' && SIZE === '1' && IPAM_MAD && MAC === undefined
    const addresses = ['IP', 'EXTERNAL_IP', 'GATEWAY'].every((name) => isIPv4(range[name] ?? ''))
    if (!right || !addresses) return `half a range: ${out}`
    const given = (JSON.parse(said) as { range: Record<string, string> }).range
    const same = Object.entries(given).every(([name, value]) => range[name.toUpperCase()] === value)
    return same ? undefined : `not the controller's range: ${out}`
  },
}

function vectorIn(text: string, name: string): Record<string, string> | undefined {
  const { entries } = parseTemplate(text)
  const [only, ...more] = entries
  return only?.[0] === name && typeof only[1] === 'object' && more.length === 0
    ? only[1]
    : undefined
}
