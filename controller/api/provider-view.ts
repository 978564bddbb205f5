import { type Document, type Documents, type ProviderBody, states } from '../documents/index.ts'
import { type DocumentJson, providerJson } from './document-json.ts'
import { type Asker, mayManage } from './login.ts'
import { flagOf } from './request.ts'

/** Shows providers to one user; `documents` with all rights, since others may use them too. */
export type ShowProviders = (
  asker: Asker,
  query: unknown,
  found: readonly Document<ProviderBody>[],
) => Promise<DocumentJson[]>

/** With secrets where the query asks for them and the user may manage the provider. */
export function providerViews(documents: Documents): ShowProviders {
  return async ({ user }, query, found) => {
    const users = await provisionsByProvider(documents)
    return found.map((document) => {
      const sensitive = flagOf(query, 'include_sensitive') && mayManage(user, document)
      return providerJson(document, { sensitive, provisions: users.get(document.id) ?? [] })
    })
  }
}

/** Looked up rather than kept in the provider, where a crash could leave it wrong. */
async function provisionsByProvider(documents: Documents): Promise<Map<number, number[]>> {
  const found = new Map<number, number[]>()
  for (const { id, body } of await documents.provisions.list()) {
    if (body.state === states.DONE) continue
    found.set(body.provider_id, [...(found.get(body.provider_id) ?? []), id])
  }
  return found
}
