import { isIpv4 } from '../../lib/net/index.ts'
import { fault } from './faults.ts'
import { letInProgram } from './let-in-program.ts'
import { runRemote } from './remote-program.ts'
import type { StandingLogin } from './target.ts'

export interface LetInOptions {
  /** How somebody else logs in who is let in already, by the host key that they know. */
  readonly target: StandingLogin
  /** Who shall be let in: `ssh-ed25519 AAAA…`. */
  readonly publicKey: string
  /** Names of VXLAN devices to be removed. */
  readonly devices: readonly string[]
  /** Addresses whose rules of NAT shall go. */
  readonly addresses: readonly { readonly ip: string; readonly external: string }[]
  readonly signal?: AbortSignal
}

const letInMs = 60_000
const hostKeyForm = /^ssh-ed25519 [A-Za-z0-9+/]+={0,2}$/

/**
 * Has a server that others installed let a key in, and answers the host key it shows: told by the server
 * itself over a login whose host key is known, so nobody in between can have told another. Twice is
 * harmless. Throws EDGE_SSH_…, EDGE_EQUIPMENT_FAILED.
 */
export async function letIn(options: LetInOptions): Promise<string> {
  const { target, publicKey, devices, addresses, signal } = options
  const pairs = addresses.filter(({ ip, external }) => isIpv4(ip) && isIpv4(external))
  let shown = ''
  await runRemote(target, {
    program: letInProgram,
    args: [
      ...devices.map((name) => `device=${name}`),
      ...pairs.map(({ ip, external }) => `nat=${ip},${external}`),
    ],
    input: { lines: [publicKey] },
    deadlineMs: letInMs,
    onLine: ({ hostKey }) => {
      if (typeof hostKey === 'string') shown = hostKey
    },
    ...(signal ? { signal } : {}),
  })
  if (hostKeyForm.test(shown)) return shown
  throw fault('EDGE_SSH_HOST_KEY', 'The server does not tell its host key', {
    ...{ object: `server ${target.address}`, answer: shown.slice(0, 120) },
  })
}
