import { readFile } from 'node:fs/promises'
import { HostSpec, parseAs } from '../lib/contract/index.ts'
import { Fault } from '../lib/fault/index.ts'
import { fault } from './faults.ts'
import { plan, type Step } from './plan/index.ts'
import { plannedNetwork } from './run.ts'
import { type AgentConfig, readLastGood } from './state/index.ts'

/** What a specification would change on this host, and what of it would be left out. */
export interface Planned {
  readonly steps: readonly Step[]
  readonly faults: readonly string[]
}

/**
 * Plans the specification in a file, or the last one that was carried out here. Throws
 * EDGE_AGENT_NO_SPEC, EDGE_AGENT_SPEC_UNREADABLE, EDGE_MESSAGE_INVALID by member,
 * EDGE_KERNEL_UNREADABLE.
 */
export async function askPlan(config: AgentConfig, file: string | undefined): Promise<Planned> {
  const spec = file === undefined ? await keptSpec(config) : await readSpec(file)
  const network = await plannedNetwork(config)
  const steps = await network.plan(spec)
  return { steps, faults: plan(spec, await network.observed(spec)).faults }
}

async function keptSpec({ state }: AgentConfig): Promise<HostSpec> {
  const kept = await readLastGood(state)
  if (kept !== null) return kept.spec
  throw fault('EDGE_AGENT_NO_SPEC', 'No specification was kept on this host')
}

async function readSpec(file: string): Promise<HostSpec> {
  try {
    return parseAs(HostSpec, JSON.parse(await readFile(file, 'utf8')), file)
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw fault('EDGE_AGENT_SPEC_UNREADABLE', `${file} cannot be read as one: ${why}`)
  }
}
