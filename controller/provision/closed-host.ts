import type { Host } from '../opennebula/index.ts'

const closed: ReadonlySet<Host['state']> = new Set(['DISABLED', 'MONITORING_DISABLED', 'OFFLINE'])

/** Whether somebody keeps new virtual machines away from a host. */
export function isClosed({ state }: Pick<Host, 'state'>): boolean {
  return closed.has(state)
}
