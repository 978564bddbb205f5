import type { DeploymentConf, PlannedProvision } from './ports.ts'
import { priceJson, totalJson } from './price-json.ts'

/** The answer to a dry run: what would be created, in order, and what it would cost. */
export function planJson(
  { zone, parts, total, warnings }: PlannedProvision,
  inputs: Readonly<Record<string, unknown>>,
  deployment: DeploymentConf,
) {
  return {
    dry_run: true,
    zone,
    user_inputs_values: inputs,
    create: parts.map(({ kind, what, count, price }) => ({
      kind,
      what,
      count,
      price: price === undefined ? null : priceJson(price),
    })),
    total: totalJson(total),
    opennebula: opennebulaObjects(deployment, Number(inputs['oneform_hosts'])),
    warnings,
  }
}

export type PlanJson = ReturnType<typeof planJson>

/** Objects of OpenNebula, which cost nothing, in their order. */
function opennebulaObjects({ one_objects }: DeploymentConf, hosts: number): string[] {
  const names = (kind: string) =>
    ((one_objects[kind] ?? []) as readonly { readonly name: string }[]).map(({ name }) => name)
  return [
    'cluster',
    ...names('datastores').map((name) => `datastore ${name}`),
    ...names('networks').map((name) => `network ${name}`),
    'network template private_scaleway_network',
    hosts === 1 ? '1 host' : `${hosts} hosts`,
  ]
}
