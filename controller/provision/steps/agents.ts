import { randomBytes } from 'node:crypto'
import { type Clock, isTransient, retry } from '../../../lib/clock/index.ts'
import { keepSecret } from '../../../lib/log/index.ts'
import type { Step, StepTalk } from '../engine.ts'
import { fault } from '../faults.ts'
import { fleetFacts } from '../fleet-facts.ts'
import type { FleetHost, HostAccess } from '../ports.ts'
import { hostKeys, type Work } from '../work.ts'

const sshWithinMs = 15 * 60_000
const enrolledWithinMs = 5 * 60_000
const settledWithinMs = 5 * 60_000
const tokenBytes = 24

/** Each host's pipeline: agent installed → enrolled → key wiped; then all networks applied. */
export function agentSteps(work: Work): Step[] {
  const { ports, hardware } = work
  const keys = hostKeys(work.inputs)
  const found = () => fleetFacts(work.ports.opennebula, work.id, work.body.uuid)
  const access = async (key: string): Promise<HostAccess> => {
    const host = (await found())?.hosts.find((one) => one.key === key)
    if (host === undefined) throw fault('EDGE_SERVER_MISSING', `${key} is not in OpenNebula`)
    return accessOf(work.body.uuid, host)
  }
  return [
    ...keys.flatMap((host): Step[] => [
      {
        name: `${host} equipped`,
        host,
        run: async (talk) => install(work, await access(host), talk),
      },
      {
        name: `${host} enrolled`,
        host,
        needs: [`${host} equipped`],
        run: async ({ tell, signal }) => {
          const { server, ...rest } = await access(host)
          ports.hosts.connect({ server, ...rest })
          tell(`waiting for the agent of ${host}`)
          await ports.hosts.waitEnrolled(server, { withinMs: enrolledWithinMs, signal })
          await hardware.clearUserData(server)
        },
      },
    ]),
    {
      name: 'networks applied',
      needs: keys.map((host) => `${host} enrolled`),
      run: async ({ tell, signal }) => {
        const facts = await found()
        if (facts) await ports.fleet.set(facts)
        await ports.fleet.refresh()
        tell('waiting for all hosts to apply their networks')
        await ports.fleet.waitSettled(work.id, { withinMs: settledWithinMs, signal })
      },
    },
  ]
}

export function accessOf(provision: string, { server, address, key }: FleetHost): HostAccess {
  return { server, address, provision, key }
}

/** The token is new in each run: one that was written and never used has been forgotten by then. */
async function install({ ports }: Work, host: HostAccess, talk: StepTalk): Promise<void> {
  const token = keepSecret(randomBytes(tokenBytes).toString('hex'))
  ports.hosts.admit(host.server, token)
  await patiently(ports.clock, talk, () =>
    ports.hosts.install(host, {
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
