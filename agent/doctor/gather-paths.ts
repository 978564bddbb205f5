import { underlayName } from '../../lib/contract/index.ts'
import type { Exec } from '../exec/index.ts'
import type { Path } from './facts.ts'

/** More are not asked: each silent one takes a second. */
const mostPeers = 16
/** IPv4 and ICMP header. */
const headerBytes = 28
const smallBytes = 84

/** One whole packet to each peer, all at once; a small one to those that do not answer it. */
export async function gatherPaths(
  exec: Exec,
  peers: readonly string[],
  bytes: number,
): Promise<Path[]> {
  return Promise.all(
    peers.slice(0, mostPeers).map(async (peer): Promise<Path> => {
      if (await pings(exec, peer, bytes)) return { peer, bytes, passes: 'whole' }
      const small = await pings(exec, peer, smallBytes)
      return { peer, bytes, passes: small ? 'small' : 'nothing' }
    }),
  )
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
