import { type Cidr, formatCidr, overlaps, parseCidr } from '../../lib/net/index.ts'
import type { InputSpec } from '../documents/index.ts'
import { fault } from './faults.ts'
import { inputAliases, userInputs } from './user-inputs.ts'

/** What a provision was asked to be, checked. */
export interface Inputs {
  readonly hosts: number
  /** As the user names it: `em_a116x_ssd`. */
  readonly instanceType: string
  /** As the user names it: `ubuntu_2204`. */
  readonly osName: string
  readonly diskGb: number
  readonly publicIps: number
  /** The private network of the servers, canonical: `10.180.0.0/22`. */
  readonly cidr: string
  readonly tags: Readonly<Record<string, string>>
}

/** A range that must stay free for something else. */
export interface Reserved {
  readonly name: string
  readonly cidr: string
}

/** What the suite itself uses, and what nearly every machine with containers uses. */
export const reservedRanges: readonly Reserved[] = [
  { name: 'the private network of virtual machines', cidr: '172.30.0.0/24' },
  { name: 'Docker’s default bridge', cidr: '172.17.0.0/16' },
]

const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(parseCidr)
const shortestPrefix = 16
const longestPrefix = 28

/**
 * The values of a provision with defaults filled in. Throws EDGE_INPUTS_INVALID: its message names
 * the first wrong input, its `context` every one (`{ field: [messages] }`, as OneForm answers).
 */
export function parseInputs(
  values: Readonly<Record<string, unknown>>,
  specs: readonly InputSpec[] = userInputs,
  reserved: readonly Reserved[] = reservedRanges,
): Inputs {
  const wrong: Record<string, string[]> = {}
  const given = aliased(values)
  const read = <T>(name: string, check: (value: unknown, spec: InputSpec) => T): T | undefined => {
    const spec = specs.find((one) => one.name === name) ?? specOf(name)
    try {
      return check(given[name] ?? spec.default, spec)
    } catch (error) {
      wrong[name] = [error instanceof Error ? error.message : String(error)]
      return undefined
    }
  }
  for (const name of Object.keys(given)) {
    if (!specs.some((spec) => spec.name === name)) wrong[name] = ['is not an input of this driver']
  }
  const inputs = {
    hosts: read('oneform_hosts', whole),
    instanceType: read('instance_type', (value) =>
      word(value, /^em_[a-z0-9]+(_[a-z0-9]+)+$/, 'em_a116x_ssd'),
    ),
    osName: read('instance_os_name', listed),
    diskGb: read('instance_disk_size', whole),
    publicIps: read('instance_public_ips', whole),
    cidr: read('cidr_block', (value) => block(value, reserved)),
    tags: read('oneform_tags', labels),
  }
  const [field] = Object.keys(wrong)
  if (field !== undefined) {
    throw fault('EDGE_INPUTS_INVALID', `${field} ${wrong[field]?.[0] ?? 'is invalid'}`, {
      context: wrong,
    })
  }
  return inputs as Inputs
}

/** Inputs under the documented names, as a provision's `user_inputs_values` holds them. */
export function inputValues(inputs: Inputs): Record<string, unknown> {
  return {
    oneform_hosts: inputs.hosts,
    instance_type: inputs.instanceType,
    instance_os_name: inputs.osName,
    instance_disk_size: inputs.diskGb,
    instance_public_ips: inputs.publicIps,
    cidr_block: inputs.cidr,
    oneform_tags: inputs.tags,
  }
}

function aliased(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      .map(([name, value]) => [inputAliases[name] ?? name, value]),
  )
}

function specOf(name: string): InputSpec {
  const spec = userInputs.find((one) => one.name === name)
  if (spec === undefined) throw new TypeError(`No input is called ${name}`)
  return spec
}

/** A whole number in the spec's range; clients also send it as text. */
function whole(value: unknown, { match }: InputSpec): number {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = match?.type === 'number' ? match.values : {}
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < min || number > max) {
    throw new TypeError(`must be a whole number from ${min} to ${max}, not ${shown(value)}`)
  }
  return number
}

function listed(value: unknown, { match }: InputSpec): string {
  const values = match?.type === 'list' ? match.values : []
  if (typeof value !== 'string' || !values.includes(value)) {
    throw new TypeError(`must be one of ${values.join(', ')}, not ${shown(value)}`)
  }
  return value
}

function word(value: unknown, form: RegExp, example: string): string {
  if (typeof value !== 'string' || !form.test(value)) {
    throw new TypeError(`must be a name like ${example}, not ${shown(value)}`)
  }
  return value
}

function block(value: unknown, reserved: readonly Reserved[]): string {
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

function prefix(value: unknown): Cidr {
  try {
    return parseCidr(String(value))
  } catch {
    throw new TypeError(`must be an IPv4 prefix like 10.180.0.0/22, not ${shown(value)}`)
  }
}

function labels(value: unknown): Record<string, string> {
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

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? 'nothing'
}
