import { sentenceOf } from '../../../lib/fault/index.ts'
import type { Host } from '../../opennebula/index.ts'
import type { Step, StepTalk } from '../engine.ts'
import { hostFacts } from '../host-facts.ts'
import { hostKeys, leave } from '../members.ts'
import { deleteObject, oursByKey } from '../objects.ts'
import type { Work } from '../work.ts'
import { settledWithinMs } from './agents.ts'
import { emptyHost } from './empty-host.ts'
import { setReplicaHost } from './hosts.ts'
import type { Roster } from './roster.ts'
import { recordReleased } from './server.ts'

/**
 * Hosts that go, each on its own: closed to new machines → empty → its public addresses taken off →
 * the others settled without it (what it reflected or replicated is somebody else's by then) → out of
 * OpenNebula → server given back → proved gone. `after` are the steps that must have succeeded before.
 */
export function goingSteps(
  work: Work,
  keys: readonly string[],
  roster: Roster,
  after: readonly string[],
): Step[] {
  if (keys.length === 0) return []
  return [
    { name: 'replica host', needs: after, run: () => moveReplicas(work, keys) },
    ...keys.flatMap((key) => hostSteps(work, key, keys, roster)),
  ]
}

function hostSteps(work: Work, host: string, keys: readonly string[], roster: Roster): Step[] {
  const { hardware, ports } = work
  const { hosts } = ports.opennebula
  const found = async () => oursByKey(work, await hosts.list(), host)
  const step = (what: string, before: string, run: (talk: StepTalk) => Promise<void>): Step => ({
    name: `${host} ${what}`,
    host,
    needs: [before],
    run,
  })
  return [
    step('closed', 'replica host', async () => {
      const there = await found()
      if (there && there.state !== 'DISABLED' && there.state !== 'MONITORING_DISABLED')
        await hosts.status(there.id, 'disable')
    }),
    step('empty', `${host} closed`, async (talk) => {
      const there = await found()
      if (there) await emptyHost(work, there, await stayingIds(work, keys), talk)
    }),
    step('without public addresses', `${host} empty`, async ({ tell }) => {
      for (const { id, key } of await hardware.findServers())
        if (key === host) await hardware.detachFlexibleIps(id, tell)
    }),
    step('out of the networks', `${host} without public addresses`, async (talk) => {
      roster.dismiss(host)
      await settleOthers(work, keys, roster, talk, await mayOutrun(work, host))
    }),
    step('out of OpenNebula', `${host} out of the networks`, () => leaveOpenNebula(work, host)),
    step('released', `${host} out of OpenNebula`, async ({ tell }) => {
      const servers = (await hardware.findServers()).filter(({ key }) => key === host)
      await hardware.releaseKey(host, tell)
      for (const server of servers) await recordReleased(work, server)
    }),
    step('gone', `${host} released`, () => work.updateBody((draft) => leave(draft, host))),
  ]
}

/** The first host that stays, unless the datastore's is one of them already. */
export async function moveReplicas(work: Work, going: readonly string[]): Promise<void> {
  const { datastores, hosts } = work.ports.opennebula
  const system = oursByKey(work, await datastores.list(), 'system-datastore')
  const staying = await stayingHosts(work, going, await hosts.list())
  const [first] = staying
  const present = system?.template['REPLICA_HOST']
  if (first === undefined || staying.some(({ name }) => name === present)) return
  await setReplicaHost(work, first.name)
}

/** In the order in which they came. */
async function stayingHosts(
  work: Work,
  going: readonly string[],
  all: readonly Host[],
): Promise<Host[]> {
  const keys = [...hostKeys(work), ...(work.body.scaling?.hosts_up ?? [])]
  return keys
    .filter((key) => !going.includes(key))
    .flatMap((key) => oursByKey(work, all, key) ?? [])
}

async function stayingIds(work: Work, going: readonly string[]): Promise<ReadonlySet<number>> {
  const staying = await stayingHosts(work, going, await work.ports.opennebula.hosts.list())
  return new Set(staying.map(({ id }) => id))
}

/**
 * Whether it goes also when others do not answer, who learn of it when they come back: by force, and
 * when nothing of others can hang on it, since it never joined or is out of OpenNebula already.
 */
async function mayOutrun(work: Work, host: string): Promise<boolean> {
  if (work.body.scaling?.guests === 'terminate' || !hostKeys(work).includes(host)) return true
  return oursByKey(work, await work.ports.opennebula.hosts.list(), host) === undefined
}

async function settleOthers(
  work: Work,
  going: readonly string[],
  roster: Roster,
  { tell, signal }: StepTalk,
  outrun: boolean,
): Promise<void> {
  const told = await roster.tell()
  const servers = told.filter(({ key }) => !going.includes(key)).map(({ server }) => server)
  tell('waiting for the hosts that stay to apply their networks')
  const wait = { servers, withinMs: settledWithinMs, signal }
  try {
    await work.ports.fleet.waitSettled(work.id, wait)
  } catch (error) {
    signal.throwIfAborted()
    if (!outrun) throw error
    work.log('warn', `Not every host that stays has taken its new state: ${sentenceOf(error)}`)
  }
}

/** Deletes the host and lets its agent go. */
export async function leaveOpenNebula(work: Work, host: string): Promise<void> {
  const { hosts } = work.ports.opennebula
  const listed = (await work.hardware.findServers()).filter(({ key }) => key === host)
  const found = oursByKey(work, await hosts.list(), host)
  // One that vanished from the cloud is in OpenNebula's host only.
  const known = found && hostFacts(found.template)?.server
  const servers = [...listed.map(({ id }) => id), ...(known === undefined ? [] : [known])]
  if (found) {
    const { id } = found
    await deleteObject(
      work,
      `host ${id}`,
      () => hosts.delete(id),
      () => hosts.get(id),
    )
  }
  for (const server of new Set(servers)) work.ports.hosts.forget(server)
  await work.updateObjects((objects) => {
    const gone = new Set(servers.map((server) => `${work.hardware.zone}/${server}`))
    objects.hosts = objects.hosts.filter(
      (one) => one.id !== found?.id && !gone.has(one.resource_id),
    )
  })
}
