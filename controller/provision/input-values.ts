import { type Cidr, formatCidr, overlaps, parseCidr } from '../../lib/net/index.ts'
import type { InputSpec } from '../documents/index.ts'
import type { Reserved } from './reserved-ranges.ts'

const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(parseCidr)
const shortestPrefix = 16
const longestPrefix = 28

/** A whole number in the spec's range; clients also send it as text. */
export function whole(value: unknown, { match }: InputSpec): number {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = match?.type === 'number' ? match.values : {}
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < min || number > max) {
    throw new TypeError(`must be a whole number from ${min} to ${max}, not ${shown(value)}`)
  }
  return number
}

/** One of the spec's list. */
export function listed<T extends string>(value: unknown, { match }: InputSpec): T {
  const values = match?.type === 'list' ? match.values : []
  if (typeof value !== 'string' || !values.includes(value)) {
    throw new TypeError(`must be one of ${values.join(', ')}, not ${shown(value)}`)
  }
  return value as T
}

/** Yes or no; clients also send it as text. */
export function flag(value: unknown): boolean {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw new TypeError(`must be true or false, not ${shown(value)}`)
}

export function word(value: unknown, form: RegExp, example: string): string {
  if (typeof value !== 'string' || !form.test(value)) {
    throw new TypeError(`must be a name like ${example}, not ${shown(value)}`)
  }
  return value
}

/** A prefix of private addresses that touches nothing reserved, canonical. */
export function block(value: unknown, reserved: readonly Reserved[]): string {
  const cidr = prefix(value)
  const text = formatCidr(cidr)
  if (text !== value) throw new TypeError(`has host bits set: ${shown(value)} is ${text}`)
  if (cidr.bits < shortestPrefix || cidr.bits > longestPrefix) {
    throw new TypeError(`must be a /${shortestPrefix} to /${longestPrefix}, not ${shown(value)}`)
  }
  if (!privateRanges.some((range) => range.first <= cidr.first && cidr.last <= range.last)) {
    throw new TypeError(`must be inside 10/8, 172.16/12 or 192.168/16, not ${shown(value)}`)
  }
  const taken = reserved.find((range) => overlaps(parseCidr(range.cidr), cidr))
  if (taken) throw new TypeError(`${shown(value)} overlaps ${taken.cidr}, ${taken.name}`)
  return text
}

export function labels(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`must be names with values, not ${shown(value)}`)
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, label]) => {
      if (!/^[A-Za-z][\w.-]{0,62}$/.test(name))
        throw new TypeError(`has the bad name ${shown(name)}`)
      if (!['string', 'number', 'boolean'].includes(typeof label))
        throw new TypeError(`${name} must be a text, not ${shown(label)}`)
      return [name, String(label).slice(0, 128)]
    }),
  )
}

function prefix(value: unknown): Cidr {
  try {
    return parseCidr(String(value))
  } catch {
    throw new TypeError(`must be an IPv4 prefix like 10.180.0.0/22, not ${shown(value)}`)
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? 'nothing'
}
