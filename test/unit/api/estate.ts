import { states } from '../../../controller/documents/index.ts'
import { connection, type Ids } from './routes.ts'
import { type Bench, basic } from './support.ts'

export const owner = 'alice:wonder'

/** What belongs to alice and is called "hidden" wherever it has a name, a word or a value. */
export interface Estate {
  readonly ids: Ids
  /** Everything as it was at the beginning, whatever requests have done; with other permissions if said. */
  restore(mode?: string, first?: (it: Bench) => Promise<unknown>): Promise<void>
  /** From now on this is the beginning. */
  rebase(): void
  /** What has been changed or asked for since. */
  changes(): string[]
}

const price = {
  ...{ perHour: 0.1, perMonth: 73, once: 0, currency: 'EUR', source: 'hidden-source' },
}

export async function createEstate(it: Bench): Promise<Estate> {
  const make = async (path: string, payload: object): Promise<number> => {
    const url = `/api/v1/${path}`
    const answer = await it.app.inject({ method: 'POST', url, headers: basic(owner), payload })
    return Number(answer.json<{ DOCUMENT: { ID: string } }>().DOCUMENT.ID)
  }
  const words = { name: 'hidden-name', description: 'hidden-words', driver: 'scaleway' }
  const provider = await make('providers', { ...words, connection_values: connection })
  const spare = await make('providers', { ...words, connection_values: connection })
  const user_inputs_values = { oneform_tags: { label: 'hidden-label' } }
  const [provision, failed] = [
    await make('provisions', { ...words, provider_id: provider, user_inputs_values }),
    await make('provisions', { ...words, provider_id: provider, user_inputs_values }),
  ]
  const { provisions } = it.documents
  await provisions.update(provision, (body) => ({ ...body, state: states.RUNNING }))
  await provisions.update(failed, (body) => ({ ...body, state: states.APPLYING_FAILURE }))
  for (const id of [provision, failed])
    it.events.emit({ kind: 'log', provision: id, at: 0, level: 'info', text: 'hidden-line' })
  const address = { external: '195.154.0.1', ip: '100.64.0.2', status: 'hidden', vm: 7 }
  it.reports.set(provision, {
    at: 1,
    addresses: [
      {
        ...{ provisionId: provision, ...address, attachedTo: null, wantedOn: 'hidden-host' },
        ...{ verdict: 'wrong', sentence: 'hidden-sentence', reverse: 'hidden.example.' },
        repair: null,
      },
    ],
    findings: ['hidden-finding'],
  })
  it.fleets.set(provision, { hosts: [], refusals: ['hidden-refusal'] })
  it.adoptions.set(provision, {
    ...{ id: provision, name: 'hidden-name', provider: undefined, found: [], changes: [] },
    ...{ inTheWay: ['hidden-obstacle'], staysBehind: [], more: undefined },
    digest: 'd',
  })
  it.costs.set(provision, {
    items: [{ kind: 'server', id: 's', name: 'hidden-server', price }],
    total: { ...price, complete: true },
    unread: [],
  })
  it.leaks.report = {
    ...it.leaks.report,
    leaks: [
      {
        ...{ id: 'server/1eac', code: 'host-removed', kind: 'server', name: 'hidden-leak', price },
        ...{ provision: 'u', provisionId: provision, place: 'hidden-place', evidence: [] },
        ...{ providers: [provider], certain: false, guests: [], sinceMs: 0 },
      },
    ],
    unlooked: [{ place: '', what: 'hidden-project', why: 'no key', providers: [provider] }],
  }
  it.leaks.releases.push({
    ...{ id: 'server/1eac', providers: [provider], outcome: 'kept', sentence: 'hidden-release' },
  })
  let stored = new Map(it.one.stored)
  let next = it.one.pace.next
  const releases = [...it.leaks.releases]
  const ids: Ids = { provider, spare, provision, failed }
  let before = new Map(stored)
  const estate: Estate = {
    ids,
    async restore(mode, first) {
      it.one.stored.clear()
      for (const [id, document] of stored) it.one.stored.set(id, document)
      it.one.pace.next = next
      it.leaks.releases.splice(0, it.leaks.releases.length, ...releases)
      for (const list of [it.asked, it.checked, it.one.calls]) list.length = 0
      before = new Map(stored)
      if (mode === undefined) return
      for (const id of Object.values<number>({ ...ids })) await it.one.documents.chmod(id, mode)
      await first?.(it)
      before = new Map(it.one.stored)
    },
    rebase() {
      stored = new Map(it.one.stored)
      before = stored
      next = it.one.pace.next
    },
    changes() {
      const now = it.one.stored
      return [
        ...it.asked,
        ...it.checked.map(() => 'asked the cloud'),
        ...[...now].filter(([id, one]) => before.get(id) !== one).map(([id]) => `wrote ${id}`),
        ...[...before.keys()].filter((id) => !now.has(id)).map((id) => `deleted ${id}`),
      ]
    },
  }
  await estate.restore()
  return estate
}
