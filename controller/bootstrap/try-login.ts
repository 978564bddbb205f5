import { loginProgram } from './login-program.ts'
import { runRemote } from './remote-program.ts'
import type { StandingLogin } from './target.ts'

const loginMs = 20_000

/** Becomes root on a server and leaves it as it is. Throws EDGE_SSH_…, EDGE_EQUIPMENT_FAILED. */
export function tryLogin(target: StandingLogin): Promise<void> {
  return runRemote(target, {
    program: loginProgram,
    args: [],
    deadlineMs: loginMs,
    onLine: () => undefined,
  })
}
