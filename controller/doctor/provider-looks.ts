import type { CheckName } from './checks.ts'
import { type Look, once } from './examine.ts'
import { type Account, judgeKey, judgePermissions } from './judge-access.ts'
import { judgeQuotas, judgeZone } from './judge-supply.ts'
import type { DoctorParts, OpenProvider, ProviderLook } from './parts.ts'

/** What each provider pays with, and may buy. */
export function providerLooks(
  { id, open }: ProviderLook,
  clock: Pick<DoctorParts['clock'], 'now'>,
): Look[] {
  const provider = once(async () => open())
  const access = once(async () => (await provider()).access())
  const look = (check: CheckName, verdict: Look['verdict']): Look => ({
    ...{ check, subject: `provider ${id}`, verdict },
  })
  return [
    look('key', async () => judgeKey(await access(), accountOf(id, await provider()), clock.now())),
    look('permissions', async () =>
      judgePermissions(await access(), accountOf(id, await provider())),
    ),
    look('zone', async () => {
      const { connection, offers } = await provider()
      return judgeZone(connection.zone, await offers())
    }),
    look('quotas', async () => judgeQuotas(await (await provider()).quotas())),
  ]
}

function accountOf(provider: number, { connection }: OpenProvider): Account {
  return { provider, accessKey: connection.access_key, projectId: connection.project_id }
}
