import { readFile } from 'node:fs/promises'
import type { ConnectionTable } from '../../lib/contract/index.ts'

/** The host's connection table, from /proc; all zero while conntrack is not loaded. */
export async function hostConnections(): Promise<ConnectionTable> {
  const [used, limit] = await Promise.all([value('nf_conntrack_count'), value('nf_conntrack_max')])
  return { of: 'host', used, limit }
}

async function value(name: string): Promise<number> {
  return Number(await readFile(`/proc/sys/net/netfilter/${name}`, 'utf8').catch(() => 0))
}
