import { sentenceOf } from '../../../lib/fault/index.ts'
import { scalarOf } from '../../../lib/opennebula/index.ts'
import type { Step, StepTalk } from '../engine.ts'
import { fault } from '../faults.ts'
import { knownHosts } from '../known-hosts.ts'
import { hostKeys, join } from '../members.ts'
import { oursByKey } from '../objects.ts'
import type { Work } from '../work.ts'
import { hostAgentSteps, settledWithinMs } from './agents.ts'
import { applyingSteps } from './applying.ts'
import { enableHost } from './configuring-provision.ts'
import { ensureHost } from './hosts.ts'
import type { Roster } from './roster.ts'

/** Hosts that were there before and do not answer must not keep new ones out. */
const othersWithinMs = 60_000

/**
 * The pipelines of APPLYING, CONFIGURING_ONE and CONFIGURING_PROVISION for new hosts alone, each on its
 * own: those that come have joined, whatever becomes of the others.
 */
export function comingSteps(work: Work, keys: readonly string[], roster: Roster): Step[] {
  if (keys.length === 0) return []
  return [...applyingSteps(work, keys), ...keys.flatMap((key) => hostSteps(work, key, roster))]
}

function hostSteps(work: Work, host: string, roster: Roster): Step[] {
  return [
    {
      name: `${host} in OpenNebula`,
      host,
      needs: [`${host} on the private network`, 'gateway network'],
      run: () => enterHost(work, host),
    },
    ...hostAgentSteps(work, host, [`${host} in OpenNebula`]),
    {
      name: `${host} networks applied`,
      host,
      needs: [`${host} enrolled`],
      run: (talk) => settle(work, host, roster, talk),
    },
    {
      name: `${host} joined`,
      host,
      needs: [`${host} networks applied`],
      run: async () => {
        const found = oursByKey(work, await work.ports.opennebula.hosts.list(), host)
        if (found) await enableHost(work, found)
        await work.updateBody((draft) => join(draft, host))
      },
    },
  ]
}

/** Off until it has joined: the scheduler must put nothing on a host without networks. */
async function enterHost(work: Work, host: string): Promise<void> {
  const { clusters, hosts } = work.ports.opennebula
  const cluster = oursByKey(work, await clusters.list(), 'cluster')
  if (cluster === undefined) throw fault('EDGE_OBJECT_STUCK', 'The cluster is not in OpenNebula')
  const [facts] = await knownHosts(work, [host])
  if (facts === undefined) return
  const { id, template } = await ensureHost(work, facts, cluster.id)
  // One whose agent has enrolled before has been through this, and may be at work already.
  if (scalarOf(template, 'EDGE_AGENT_KEY') === undefined) await hosts.status(id, 'offline')
}

async function settle(
  work: Work,
  host: string,
  roster: Roster,
  { tell, signal }: StepTalk,
): Promise<void> {
  const { fleet } = work.ports
  const known = await roster.tell()
  const serversOf = (keys: readonly string[]) =>
    known.filter(({ key }) => keys.includes(key)).map(({ server }) => server)
  const own = serversOf([host])
  tell(`waiting for ${host} to apply its networks`)
  await fleet.waitSettled(work.id, { servers: own, withinMs: settledWithinMs, signal })
  const servers = serversOf(hostKeys(work))
  tell(`waiting for the other hosts to know ${host}`)
  await fleet
    .waitSettled(work.id, { servers, withinMs: othersWithinMs, signal })
    .catch((error: unknown) => {
      signal.throwIfAborted()
      work.log('warn', `Not every other host knows ${host} yet: ${sentenceOf(error)}`)
    })
}
