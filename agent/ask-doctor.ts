import { createLogger, keepSecret } from '../lib/log/index.ts'
import { diagnose, type Question, type Report } from './doctor/index.ts'
import { createExec } from './exec/index.ts'
import { frrOf } from './run.ts'
import { type AgentConfig, knownControllers, readLastGood } from './state/index.ts'
import { askStatus, type Status } from './status.ts'

/**
 * Has the doctor look at this host by what its agent keeps on disk: without the controller, and
 * whether the agent runs or not. Throws EDGE_DOCTOR_*, EDGE_KERNEL_UNREADABLE.
 */
export async function askDoctor(config: AgentConfig, question: Question): Promise<Report> {
  // What a look cannot read it says itself.
  const logger = createLogger('edge-agent', { level: 'error' })
  const exec = createExec({ logger, hand: true })
  const kept = await readLastGood(config.state)
  if (kept?.spec.bgp.password != null) keepSecret(kept.spec.bgp.password)
  const frr = frrOf(config, exec)
  return diagnose(question, {
    exec,
    kept,
    controllers: await knownControllers(config.state, logger),
    running: await askStatus(config.statusSocket).then(asRunning, () => null),
    frrRunDirectory: config.frr.runDirectory,
    frrPlan: frr.plan,
  })
}

const asRunning = ({ epoch, generation, connected, report }: Status) => ({
  epoch,
  generation,
  connected,
  verdict: report.verdict,
  reasons: report.reasons,
})
