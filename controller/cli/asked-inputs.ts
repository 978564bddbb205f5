import type { InputSpec } from '../documents/index.ts'

/** Their defaults suit nearly always, and the documentation does not ask for them. */
const unasked: ReadonlySet<string> = new Set([
  'cidr_block',
  'oneform_tags',
  'hypervisor',
  'gateway_type',
  'billing',
  'gateway_bastion',
])

/** The inputs of a provision that are asked for, in their order. */
export function askedInputs(specs: readonly InputSpec[]): InputSpec[] {
  return specs.filter(({ name }) => !unasked.has(name))
}
