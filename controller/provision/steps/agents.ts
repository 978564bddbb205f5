import { randomBytes } from 'node:crypto'
import { type Clock, isTransient, retry } from '../../../lib/clock/index.ts'
import { keepSecret } from '../../../lib/log/index.ts'
import type { Step, StepTalk } from '../engine.ts'
import { fault } from '../faults.ts'
import { fleetFacts } from '../fleet-facts.ts'
import { hostKeys } from '../members.ts'
import type { FleetHost, HostAccess } from '../ports.ts'
import type { Work } from '../work.ts'

const sshWithinMs = 15 * 60_000
const enrolledWithinMs = 5 * 60_000
export const settledWithinMs = 5 * 60_000
const tokenBytes = 24

/**
 * Each host's pipeline: agent installed → enrolled → key wiped; then, and after the steps `before`, all
 * networks applied.
 */
export function agentSteps(work: Work, before: readonly string[] = []): Step[] {
  const { ports } = work
  const keys = hostKeys(work)
  return [
    ...keys.flatMap((host) => hostAgentSteps(work, host)),
    {
      name: 'networks applied',
      needs: [...before, ...keys.map((host) => `${host} enrolled`)],
      run: async ({ tell, signal }) => {
        const facts = await fleetFacts(ports.opennebula, work.id, work.body.uuid)
        if (facts) await ports.fleet.set(facts)
        await ports.fleet.refresh()
        tell('waiting for all hosts to apply their networks')
        await ports.fleet.waitSettled(work.id, { withinMs: settledWithinMs, signal })
      },
    },
  ]
}

/** An agent on a host that OpenNebula knows. */
export function hostAgentSteps(work: Work, host: string, needs: readonly string[] = []): Step[] {
  const { ports, hardware } = work
  const access = async (): Promise<HostAccess> => {
    const facts = await fleetFacts(ports.opennebula, work.id, work.body.uuid)
    const found = facts?.hosts.find(({ key }) => key === host)
    if (found === undefined) throw fault('EDGE_SERVER_MISSING', `${host} is not in OpenNebula`)
    return accessOf(work.body.uuid, found)
  }
  return [
    {
      name: `${host} equipped`,
      host,
      needs,
      run: async (talk) => install(work, await access(), talk),
    },
    {
      name: `${host} enrolled`,
      host,
      needs: [`${host} equipped`],
      run: async ({ tell, signal }) => {
        const { server, ...rest } = await access()
        ports.hosts.connect({ server, ...rest })
        tell(`waiting for the agent of ${host}`)
        await ports.hosts.waitEnrolled(server, { withinMs: enrolledWithinMs, signal })
        await hardware.clearUserData(server)
      },
    },
  ]
}

export function accessOf(provision: string, host: FleetHost): HostAccess {
  const { server, address, key, hostKey } = host
  return { server, address, provision, key, ...(hostKey === undefined ? {} : { hostKey }) }
}

/** The token is new in each run: one that was written and never used has been forgotten by then. */
async function install({ ports, inputs }: Work, host: HostAccess, talk: StepTalk): Promise<void> {
  const token = keepSecret(randomBytes(tokenBytes).toString('hex'))
  ports.hosts.admit(host.server, token)
  await patiently(ports.clock, talk, () =>
    ports.hosts.install(host, {
      hypervisor: inputs.hypervisor,
      token,
      signal: talk.signal,
      progress: (text) => talk.tell(`${host.key}: ${text}`),
    }),
  )
}

/** A server that was just installed may still be on its way up. */
function patiently(clock: Clock, { tell, signal }: StepTalk, work: () => Promise<void>) {
  const policy = {
    firstMs: 2_000,
    capMs: 10_000,
    withinMs: sshWithinMs,
    signal,
    again: (error: unknown) => {
      const again = isTransient(error)
      if (again) tell('waiting for SSH')
      return again
    },
  }
  return retry(clock, policy, work)
}
