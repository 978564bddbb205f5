import { Fault } from '../../lib/fault/index.ts'
import type { Document, ProvisionBody } from '../documents/index.ts'
import { type DocumentJson, provisionJson } from './document-json.ts'
import { type Asker, mayManage } from './login.ts'
import { providerViews } from './provider-view.ts'
import { flagOf } from './request.ts'

export type ShowProvisions = (
  asker: Asker,
  query: unknown,
  found: readonly Document<ProvisionBody>[],
) => Promise<DocumentJson[]>

/** With the provider's body in place of its id where the query asks for it and the user may see it. */
export function provisionViews(): ShowProvisions {
  const showProviders = providerViews()

  async function providersOf(asker: Asker, query: unknown, ids: ReadonlySet<number>) {
    if (ids.size === 0) return new Map<number, unknown>()
    const reading = [...ids].map((id) => asker.documents.providers.get(id).catch(unseen))
    const seen = (await Promise.all(reading)).filter((one) => one !== undefined)
    const shown = await showProviders(asker, query, seen)
    return new Map(seen.map(({ id }, n) => [id, shown[n]?.DOCUMENT.TEMPLATE['PROVIDER_BODY']]))
  }

  return async (asker, query, found) => {
    const wanted = flagOf(query, 'include_provider') ? found : []
    const ids = new Set(wanted.map(({ body }) => body.provider_id))
    const providers = await providersOf(asker, query, ids)
    return found.map((document) => {
      const sensitive = flagOf(query, 'include_sensitive') && mayManage(asker.user, document)
      const provider = providers.get(document.body.provider_id)
      return provisionJson(document, { sensitive, provider })
    })
  }
}

/** It may be another's, or gone while its provision is done. */
function unseen(error: unknown): undefined {
  if (error instanceof Fault && (error.kind === 'missing' || error.kind === 'denied')) return
  throw error
}
