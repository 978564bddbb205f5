import { fault } from '../faults.ts'
import { hostFacts } from '../host-facts.ts'
import { ours } from '../objects.ts'
import type { Work } from '../work.ts'

/** A server that OpenNebula or the document know; whose key is unknown where its host is gone. */
export interface KnownServer {
  readonly id: string
  readonly key: string | undefined
}

export async function knownServers(work: Work): Promise<KnownServer[]> {
  const hosts = ours(work, await work.ports.opennebula.hosts.list())
  const facts = hosts.flatMap(({ template }) => hostFacts(template) ?? [])
  const told = work.body.one_objects.hosts.map(({ resource_id }) => resource_id.split('/').at(-1))
  return [
    ...facts.map(({ server: id, key }) => ({ id, key })),
    ...told.flatMap((id) =>
      id === undefined || facts.some(({ server }) => server === id) ? [] : [{ id, key: undefined }],
    ),
  ]
}

/**
 * Before a server is ordered: one whose tags somebody took away is in no listing of the provision, and would
 * be paid for beside the new one for ever. Throws EDGE_SERVER_UNTAGGED.
 */
export async function refuseUntagged(
  { hardware }: Work,
  host: string,
  known: readonly KnownServer[],
): Promise<void> {
  const former = known.filter(({ key = host }) => key === host)
  if (former.length === 0) return
  const listed = await hardware.findServers()
  if (listed.some(({ key }) => key === host)) return
  for (const { id } of former) {
    if (listed.some((server) => server.id === id) || !(await hardware.isServerThere(id))) continue
    throw fault('EDGE_SERVER_UNTAGGED', `The server of ${host} is there without its tags`, {
      object: `server ${id}`,
    })
  }
}
