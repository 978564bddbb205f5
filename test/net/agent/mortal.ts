/**
 * An agent's round in a process of its own, which dies by SIGKILL at a chosen point:
 * `node mortal.ts SPEC [COUNT before|during [KEPT]]`. `before` the COUNTth program is started, or
 * `during` it: the program gets half of what it should read, as if it had been killed as well. Without
 * COUNT it lives, and prints whether each program it ran could change anything. With KEPT it carried
 * that out before, and knows the host: what may hurries.
 */
import { readFile } from 'node:fs/promises'
import { createExec } from '../../../agent/exec/index.ts'
import { createNetwork } from '../../../agent/reconcile/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { HostSpec, parseAs } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'

const [file = '', count = '0', when = 'before', kept] = process.argv.slice(2)
const specIn = async (path: string) =>
  parseAs(HostSpec, JSON.parse(await readFile(path, 'utf8')), path)
const exec = createExec({ logger: silent, hand: true })
const changes: boolean[] = []
let isMortal = false

const network = createNetwork({
  exec: {
    ...exec,
    run: async (argv, options) => {
      if (!isMortal) return exec.run(argv, options)
      changes.push(!isReading(argv))
      const isLast = changes.length === Number(count)
      if (isLast && when === 'before') process.kill(process.pid, 'SIGKILL')
      if (!isLast) return exec.run(argv, options)
      const { input = '' } = options ?? {}
      await exec.run(argv, { ...options, input: input.slice(0, input.length / 2) })
      process.kill(process.pid, 'SIGKILL')
      return new Promise(() => undefined)
    },
  },
  frr: { apply: async () => ({ steps: [], faults: [] }), plan: async () => [] },
  logger: silent,
  clock: createClock(),
})
if (kept !== undefined) await network.reconcile(await specIn(kept))
isMortal = true
const { faults } = await network.reconcile(await specIn(file))
process.stdout.write(JSON.stringify({ faults, changes }))

/** Looks only: dying around them is the same as dying around the change before. */
function isReading(argv: readonly string[]): boolean {
  return argv[0] === 'grep' || /\b(ip|bridge|nft) -j /.test(argv.join(' '))
}
