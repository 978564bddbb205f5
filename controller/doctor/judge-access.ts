import type { Access } from '../scaleway/index.ts'
import { broken, ok, type Verdict, warning } from './finding.ts'

export interface Account {
  readonly provider: number
  readonly accessKey: string
  readonly projectId: string
}

const dayMs = 86_400_000
const soonMs = 14 * dayMs

/** A key that Scaleway accepts, by how long it will. */
export function judgeKey({ expiresAt }: Access, { provider, accessKey }: Account, nowMs: number) {
  if (expiresAt === undefined) return ok(`Scaleway accepts the key ${accessKey}`)
  const leftMs = expiresAt.getTime() - nowMs
  const day = expiresAt.toISOString().slice(0, 10)
  const told = `Scaleway accepts the key ${accessKey} until ${day}`
  if (leftMs > soonMs) return ok(told)
  return warning(
    `${told}, ${Math.max(0, Math.floor(leftMs / dayMs))} days from now; then no provision of provider ${provider} can be changed or given back`,
    'Prolong the key at https://console.scaleway.com/iam/api-keys',
  )
}

/** Every permission set that is missing, by name. */
export function judgePermissions({ lacking, tried }: Access, { projectId }: Account): Verdict {
  if (lacking.length === 0) return ok(`The key may read all that provisions need`)
  const sets = [...new Set(lacking.map(({ permission }) => permission))].join(', ')
  const fix = `Give the key’s application ${sets} on project ${projectId} (https://console.scaleway.com/iam/policies); a new policy takes some minutes`
  if (lacking.length === tried)
    return broken(
      `The key may see nothing in project ${projectId}: it has no policy there, or there is no such project`,
      fix,
    )
  return broken(`The key may not read ${lacking.map(({ what }) => what).join(', ')}`, fix)
}
