/**
 * An agent's round in a process of its own, which dies by SIGKILL at a chosen point:
 * `node mortal.ts SPEC COUNT before|during`. `before` the COUNTth program is started, or `during` it:
 * the program gets half of what it should read, as if it had been killed as well. Without COUNT it
 * lives, and prints whether each program it ran could change anything.
 */
import { readFile } from 'node:fs/promises'
import { createExec } from '../../../agent/exec/index.ts'
import { createNetwork } from '../../../agent/reconcile/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import { HostSpec, parseAs } from '../../../lib/contract/index.ts'
import { silent } from '../../../lib/log/index.ts'

const [file = '', count = '0', when = 'before'] = process.argv.slice(2)
const spec = parseAs(HostSpec, JSON.parse(await readFile(file, 'utf8')), file)
const exec = createExec({ logger: silent })
const changes: boolean[] = []

const network = createNetwork({
  exec: {
    ...exec,
    run: async (argv, options) => {
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
const { faults } = await network.reconcile(spec)
process.stdout.write(JSON.stringify({ faults, changes }))

/** Looks only: dying around them is the same as dying around the change before. */
function isReading(argv: readonly string[]): boolean {
  return argv[0] === 'grep' || /\b(ip|bridge|nft) -j /.test(argv.join(' '))
}
