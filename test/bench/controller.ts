// npm run bench:controller: how soon the built controller answers after its start, and OpenNebula's
// elastic driver while oned hangs. The best of the rounds counts: other programs only make it longer.
// Exit 1 above a limit.
import {
  answersWithinMs,
  createHanging,
  measureStarts,
  startsWithinMs,
} from '../lab/controller/soon.ts'
import { duration, type Row, tableText } from './report.ts'

const rounds = 5
const endings: (() => unknown)[] = []
const bench = { teardown: (ending: () => unknown) => void endings.unshift(ending) }

try {
  const starts = await measureStarts(bench, rounds)
  const hanging = await createHanging(bench)
  const asked = await rounded(hanging.ask)
  await hanging.startAgain()
  const rows = [
    row('start to first answer', starts, startsWithinMs),
    row('three requests while oned hangs', asked, answersWithinMs),
    row('the same right after a start', await rounded(hanging.ask), answersWithinMs),
  ]
  console.log(tableText(rows))
  process.exitCode = rows.every(({ met }) => met) ? 0 : 1
} finally {
  for (const end of endings) await end()
}
process.exit()

async function rounded<T>(once: () => Promise<T>): Promise<T[]> {
  const all: T[] = []
  for (let round = 0; round < rounds; round++) all.push(await once())
  return all
}

function row(what: string, all: readonly { readonly elapsedMs: number }[], limitMs: number): Row {
  const best = Math.min(...all.map(({ elapsedMs }) => elapsedMs))
  return { what, ours: duration(best), target: `≤ ${duration(limitMs)}`, met: best <= limitMs }
}
