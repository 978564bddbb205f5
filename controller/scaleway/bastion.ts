import { waitRunning } from './gateway.ts'
import type { Site, Watch } from './site.ts'

const everybody = ['0.0.0.0/0']

/**
 * The SSH bastion of a running gateway: first only those who may manage hosts are let in, then it is
 * switched on, which copies the project's SSH keys, ours among them; one that was on copies them anew.
 * It lets IPv4 in, so it stays off where only IPv6 prefixes may manage hosts. With `keepNarrow` one that
 * somebody has restricted is not opened to everybody.
 */
export async function ensureBastion(
  site: Site,
  gatewayId: string,
  management: readonly string[],
  tell: Watch,
  { keepNarrow = false } = {},
): Promise<void> {
  const ranges = bastionRanges(management)
  if (ranges.length === 0) return
  const { gateway } = site.scaleway
  const { bastionAllowedIps, bastionEnabled } = await gateway.getGateway({ gatewayId })
  const kept = keepNarrow && ranges === everybody && isNarrow(bastionAllowedIps)
  if (!kept && !sameRanges(bastionAllowedIps, ranges)) {
    await gateway.setBastionAllowedIPs({ gatewayId, ipRanges: ranges })
    await waitRunning(site, gatewayId, tell)
  }
  if (bastionEnabled) await gateway.refreshSSHKeys({ gatewayId })
  else await gateway.updateGateway({ gatewayId, enableBastion: true })
  await waitRunning(site, gatewayId, tell)
}

/** Who may reach the bastion: those who may reach the hosts. */
export function bastionRanges(management: readonly string[]): string[] {
  return management.length === 0 ? everybody : management.filter((prefix) => !prefix.includes(':'))
}

function isNarrow(allowed: readonly string[] | undefined = []): boolean {
  return allowed.length > 0 && !everybody.some((prefix) => allowed.includes(prefix))
}

function sameRanges(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return [...(a ?? [])].sort().join() === [...b].sort().join()
}
