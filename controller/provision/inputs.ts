import type { InputSpec } from '../documents/index.ts'
import type { Billing } from '../scaleway/index.ts'
import { fault } from './faults.ts'
import { block, flag, labels, listed, whole, word } from './input-values.ts'
import { type Reserved, reservedRanges } from './reserved-ranges.ts'
import { type Hypervisor, inputAliases, userInputs } from './user-inputs.ts'

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
  /** IM and VM driver of the hosts. */
  readonly hypervisor: Hypervisor
  readonly gatewayType: string
  readonly billing: Billing
  /** Whether the gateway lets SSH through to the hosts' private addresses. */
  readonly bastion: boolean
}

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
    hypervisor: read('hypervisor', listed<Hypervisor>),
    gatewayType: read('gateway_type', listed),
    billing: read('billing', listed<Billing>),
    bastion: read('gateway_bastion', flag),
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
    hypervisor: inputs.hypervisor,
    gateway_type: inputs.gatewayType,
    billing: inputs.billing,
    gateway_bastion: inputs.bastion,
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
