import { underlayName } from '../../lib/contract/index.ts'
import type { Exec } from '../exec/index.ts'
import { fault } from './faults.ts'

/** IPv4 header without options, and ICMP's. */
const headerBytes = 28
/** Requests go out every half second until one is answered, or this is over. */
const patienceSeconds = 2

/**
 * Whether an IP packet of `bytes`, header included, reaches an address of the underlay undivided and is
 * answered. iputils; `-M probe`, which would pass over what the kernel remembers of the path, is younger
 * than Debian 12's. Throws EDGE_PING_MISSING.
 */
export async function ping(exec: Exec, address: string, bytes: number): Promise<boolean> {
  const { code, stderr, timedOut } = await exec.run([
    ...['ping', '-n', '-q', '-M', 'do', '-I', underlayName],
    ...['-c', '1', '-w', String(patienceSeconds), '-i', '0.5'],
    ...['-s', String(bytes - headerBytes), address],
  ])
  // Without a code it never ran; 127 is said by a program that should have started it.
  if ((code === null && !timedOut) || code === 127) {
    throw fault('EDGE_PING_MISSING', 'ping cannot be started', { answer: stderr.trim() })
  }
  return code === 0
}
