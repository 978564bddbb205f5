import { release } from 'node:os'
import type { HostReport } from '../../lib/contract/index.ts'
import type { Exec } from '../exec/index.ts'
import { frrVersion } from '../frr/index.ts'

type Versions = Omit<HostReport['versions'], 'agent'>

/** Versions of what the agent works with, "unknown" for what does not say; two processes. */
export async function readVersions(exec: Exec, frrRunDirectory: string): Promise<Versions> {
  const [frr, nft, ip] = await Promise.all([
    frrVersion(frrRunDirectory),
    exec.run(['nft', '--version']),
    exec.run(['ip', '-V']),
  ])
  return {
    frr: frr ?? 'unknown',
    kernel: release(),
    nft: versionIn(nft.stdout, /v(\d\S*)/),
    iproute2: versionIn(ip.stdout, /iproute2-([^\s,]+)/),
  }
}

/** `nftables v1.0.6 (Lester Gooch #5)`, `ip utility, iproute2-6.1.0, libbpf 1.1.2`. */
export function versionIn(text: string, pattern: RegExp): string {
  return pattern.exec(text)?.[1] ?? 'unknown'
}
