import { underlayName } from '../../lib/contract/index.ts'
import type { Exec } from '../exec/index.ts'
import type { Path } from './facts.ts'

/** More are not asked: each silent one takes a second. */
const mostPeers = 16
/** IPv4 and ICMP header. */
const headerBytes = 28
const smallBytes = 84

/** One lost packet says nothing. */
const tries = 3

/** One whole packet to each peer, all at once; small ones, and whole ones again, where none came back. */
export async function gatherPaths(
  exec: Exec,
  peers: readonly string[],
  bytes: number,
): Promise<Path[]> {
  return Promise.all(
    peers.slice(0, mostPeers).map(async (peer): Promise<Path> => {
      if (await pings(exec, peer, bytes)) return { peer, bytes, passes: 'whole' }
      if (!(await pingsAtLast(exec, peer, smallBytes))) return { peer, bytes, passes: 'nothing' }
      return { peer, bytes, passes: (await pingsAtLast(exec, peer, bytes)) ? 'whole' : 'small' }
    }),
  )
}

async function pingsAtLast(exec: Exec, peer: string, bytes: number): Promise<boolean> {
  for (let left = tries; left > 0; left--) if (await pings(exec, peer, bytes)) return true
  return false
}

/** `-M do`: nobody may cut it up, and the kernel does not when it is too large for the device. */
async function pings(exec: Exec, peer: string, bytes: number): Promise<boolean> {
  const size = String(bytes - headerBytes)
  const { code } = await exec.run(
    ['ping', '-n', '-q', '-c', '1', '-W', '1', '-M', 'do', '-s', size, '-I', underlayName, peer],
    { deadlineMs: 5000 },
  )
  return code === 0
}
