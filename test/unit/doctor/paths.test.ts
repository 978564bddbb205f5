import t from 'tap'
import { gatherPaths } from '../../../agent/doctor/gather-paths.ts'
import type { Exec } from '../../../agent/exec/index.ts'

/** Pings that come back or not, in their order, whatever is asked; 0 when there are no more. */
function pinging(...codes: number[]) {
  const sizes: string[] = []
  const run: Exec['run'] = async (argv) => {
    sizes.push(argv[argv.indexOf('-s') + 1] ?? '')
    const facts = { argv, stdout: '', stderr: '', timedOut: false, elapsedMs: 0 }
    return { ...facts, code: codes.shift() ?? 0 }
  }
  const exec: Exec = { run, follow: (argv) => run(argv) }
  return { exec, sizes }
}

t.test('one lost packet is neither a small MTU nor a dead host', async (t) => {
  const cases: [number[], string, string[]][] = [
    [[0], 'whole', ['1472']],
    [[1, 0, 0], 'whole', ['1472', '56', '1472']],
    [[1, 1, 0, 1, 0], 'whole', ['1472', '56', '56', '1472', '1472']],
    [[1, 0, 1, 1, 1], 'small', ['1472', '56', '1472', '1472', '1472']],
    [[1, 1, 1, 1], 'nothing', ['1472', '56', '56', '56']],
  ]
  for (const [codes, passes, asked] of cases) {
    const { exec, sizes } = pinging(...codes)
    t.same(await gatherPaths(exec, ['10.180.0.12'], 1500), [
      { peer: '10.180.0.12', bytes: 1500, passes },
    ])
    t.same(sizes, asked)
  }
})
