import type { CheckName } from './checks.ts'
import type { Look } from './examine.ts'
import type { Verdict } from './finding.ts'
import { type AgentFacts, judgeAgents, judgeHosts } from './judge-agents.ts'
import type { ProvisionFacts } from './judge-provision.ts'
import type { DoctorParts } from './parts.ts'

/** States in which every host that the fleet knows has an agent. */
const attended: ReadonlySet<string> = new Set(['RUNNING', 'SCALING', 'SCALING_FAILURE'])

/** The hosts of a provision that runs. */
export function provisionLooks(
  { id, state }: ProvisionFacts,
  { agents, version: controller, clock }: Pick<DoctorParts, 'agents' | 'version' | 'clock'>,
): Look[] {
  if (!attended.has(state)) return []
  const look = (check: CheckName, judge: (all: readonly AgentFacts[]) => Verdict): Look => ({
    ...{ check, subject: `provision ${id}`, verdict: async () => judge(agents(id)) },
  })
  return [
    look('agents', (all) => judgeAgents(all, { controller, nowMs: clock.now() })),
    look('hosts', judgeHosts),
  ]
}
