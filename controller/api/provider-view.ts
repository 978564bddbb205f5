import { type Document, type ProviderBody, type ProvisionBody, states } from '../documents/index.ts'
import { type DocumentJson, providerJson } from './document-json.ts'
import { type Asker, mayManage } from './login.ts'
import { flagOf } from './request.ts'

/** Providers as this user may see them: with secrets where the query asks for them and who asks may manage. */
export async function showProviders(
  { user, prompt }: Asker,
  query: unknown,
  found: readonly Document<ProviderBody>[],
): Promise<DocumentJson[]> {
  const users = byProvider(await prompt.provisions())
  return found.map((document) => {
    const sensitive = flagOf(query, 'include_sensitive') && mayManage(user, document)
    return providerJson(document, { sensitive, provisions: users.get(document.id) ?? [] })
  })
}

/** Looked up rather than kept in the provider, where a crash could leave it wrong. */
function byProvider(provisions: readonly Document<ProvisionBody>[]): Map<number, number[]> {
  const found = new Map<number, number[]>()
  for (const { id, body } of provisions) {
    if (body.state === states.DONE) continue
    found.set(body.provider_id, [...(found.get(body.provider_id) ?? []), id])
  }
  return found
}
