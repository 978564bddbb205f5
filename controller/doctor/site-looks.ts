import type { CheckName } from './checks.ts'
import { type Look, once } from './examine.ts'
import { ok } from './finding.ts'
import { judgeArchive } from './judge-agent-archive.ts'
import { judgeClock } from './judge-clock.ts'
import { judgePlugIn, judgeSshClient, judgeStateDirectory } from './judge-files.ts'
import { judgeControllersOned } from './judge-oned.ts'
import { judgePackages } from './judge-packages.ts'
import { judgeStock } from './judge-stock.ts'
import type { DoctorParts } from './parts.ts'

/** What there is one of in a controller's site. */
export function siteLooks(parts: DoctorParts): Look[] {
  const { oned, version, clock, stock } = parts
  const cloud = once(parts.scaleway)
  const look = (check: CheckName, verdict: Look['verdict']): Look => ({ check, verdict })
  return [
    look('oned of the controller', async () => {
      const { user, ...facts } = await oned.facts()
      return judgeControllersOned({ ...facts, endpoint: oned.endpoint }, user, oned.auth)
    }),
    look('state directory', async () => judgeStateDirectory(await parts.stateDirectory())),
    look('SSH client', async () => judgeSshClient(await parts.sshClient())),
    look('SSH key', async () => {
      const { file, count } = await parts.sshKeys()
      return ok(`${file} has ${count === 1 ? '1 public key' : `${count} public keys`} for hosts`)
    }),
    look('agent', async () => judgeArchive(await parts.agentArchive(), version)),
    look('elastic plug-in', async () => judgePlugIn(await parts.plugIn())),
    ...(stock === null
      ? []
      : [look('stock OneForm', async () => judgeStock(stock.url, await stock.ask()))]),
    look('packages', async () => judgePackages(await parts.packages())),
    look('Scaleway', async () => ok(`${(await cloud()).url} answers`)),
    look('clock', async () => {
      const { url, nowMs } = await cloud()
      return judgeClock(clock.now(), nowMs, url)
    }),
  ]
}
