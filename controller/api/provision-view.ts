import { Fault } from '../../lib/fault/index.ts'
import type { Document, ProvisionBody } from '../documents/index.ts'
import { type DocumentJson, provisionJson } from './document-json.ts'
import { type Asker, mayManage } from './login.ts'
import { showProviders } from './provider-view.ts'
import { flagOf } from './request.ts'

/** Provisions as this user may see them, with the provider's body in place of its id where the query asks for it. */
export async function showProvisions(
  asker: Asker,
  query: unknown,
  found: readonly Document<ProvisionBody>[],
): Promise<DocumentJson[]> {
  const wanted = flagOf(query, 'include_provider') ? found : []
  const providers = await providersOf(asker, query, wanted)
  return found.map((document) => {
    const sensitive = flagOf(query, 'include_sensitive') && mayManage(asker.user, document)
    const provider = providers.get(document.body.provider_id)
    return provisionJson(document, { sensitive, provider })
  })
}

async function providersOf(
  asker: Asker,
  query: unknown,
  provisions: readonly Document<ProvisionBody>[],
): Promise<Map<number, unknown>> {
  const ids = new Set(provisions.map(({ body }) => body.provider_id))
  if (ids.size === 0) return new Map()
  const reading = [...ids].map((id) => asker.documents.providers.get(id).catch(unseen))
  const seen = (await Promise.all(reading)).filter((one) => one !== undefined)
  const shown = await showProviders(asker, query, seen)
  return new Map(seen.map(({ id }, n) => [id, shown[n]?.DOCUMENT.TEMPLATE['PROVIDER_BODY']]))
}

/** It may be another's, or gone while its provision is done. */
function unseen(error: unknown): undefined {
  if (error instanceof Fault && (error.kind === 'missing' || error.kind === 'denied')) return
  throw error
}
