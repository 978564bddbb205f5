import type { ProvisionAnswer, UnmanagedAnswer } from './answers.ts'
import type { Client } from './client.ts'
import { each, idsIn } from './each.ts'
import { Failure } from './failure.ts'
import { type Going, mustBeMeant } from './going.ts'
import { moneyLost, mustBeWorthIt } from './money-lost.ts'

interface Manner {
  readonly verb: Going['verb']
  /** Whether somebody is asked about it all. */
  readonly asks: boolean
  readonly yes: boolean
}

/**
 * What comes before servers of provisions are given back: somebody is shown them and asked, or at least
 * told of money that is lost. Answers the ids of those that were found.
 */
export function beforeTheyGo(client: Client, { verb, asks, yes }: Manner) {
  return async (ids: readonly string[]): Promise<readonly string[]> =>
    asks
      ? await mustBeMeant(ids, provisionsGoing(client, verb))
      : idsIn(await each('provision', ids, (id) => mustBeWorthIt(client, id, { yes })))
}

/** Provisions with what goes along: hosts, and what others have on them. */
export function provisionsGoing(client: Client, verb: Going['verb']): Going {
  return {
    ...{ kind: 'provision', verb, head: ['ID', 'NAME', 'STATE', 'HOSTS', 'IN USE BY'] },
    look: async (id) => {
      const path = `/provisions/${id}`
      const [provision, others] = await Promise.all([
        client.call<ProvisionAnswer>('GET', path),
        othersOn(client, path),
      ])
      const { state, one_objects } = provision.TEMPLATE.PROVISION_BODY
      const hosts = String(one_objects.hosts.length)
      return { cells: [id, provision.NAME, state, hosts, others], note: moneyLost(provision) }
    },
  }
}

/** `2 VM, 1 IMAGE`: a machine counts once, whether it is found by its host or by its network. */
async function othersOn(client: Client, path: string): Promise<string> {
  try {
    const found = await client.call<UnmanagedAnswer>('GET', `${path}/unmanaged`)
    const ids = new Map<string, Set<string>>()
    for (const held of Object.values(found).flatMap((places) => Object.values(places)))
      for (const [kind, some] of Object.entries(held))
        ids.set(kind, new Set([...(ids.get(kind) ?? []), ...some]))
    return [...ids].map(([kind, all]) => `${all.size} ${kind.toUpperCase()}`).join(', ') || '-'
  } catch (error) {
    if (error instanceof Failure) return 'not known'
    throw error
  }
}
