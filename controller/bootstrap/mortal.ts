/**
 * The argv with which a command ends when the controller does, even by kill -9: nobody reads what an
 * orphaned ssh brings, and its successor makes its own. The kernel sees to it (prctl PR_SET_PDEATHSIG).
 */
export function mortal(argv: readonly string[]): [string, ...string[]] {
  return ['setpriv', '--pdeathsig', 'KILL', '--', ...argv]
}
