// npm run bench:agent [PART…]: the agent's speed and footprint beside the incumbent's way, both in one
// run. Every part runs in a process with a network and a mount namespace of its own, which is the host
// it measures; nothing is left behind. Prints a table; exit 1 when a target is missed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { parts } from './agent/parts.ts'
import { asShipped } from './agent/shipped.ts'
import { type Row, tableText } from './report.ts'

const usage = `npm run bench:agent [-- PART…]

Parts: ${Object.keys(parts).join(', ')}; all of them unless some are named. Needs root.
Exit 1 when a target is missed.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', short: 'h' } },
})
const unknown = positionals.filter((name) => !Object.hasOwn(parts, name))
if (values.help || unknown.length > 0) {
  console.log(unknown.length > 0 ? `${unknown.join(', ')}: no part\n\n${usage}` : usage)
  process.exitCode = unknown.length > 0 ? 2 : 0
} else {
  await main(positionals.length > 0 ? positionals : Object.keys(parts))
}

async function main(names: readonly string[]): Promise<void> {
  const rows: Row[] = []
  await asShipped(join(import.meta.dirname, 'agent/inside.ts'), async (program) => {
    for (const name of names) {
      process.stderr.write(`${name}…\n`)
      rows.push(...(await rowsOf(name, program)))
    }
  })
  console.log(tableText(rows))
  process.exitCode = rows.every(({ met }) => met) ? 0 : 1
}

/** Runs a part in namespaces of its own that end with it, and it with us. */
async function rowsOf(name: string, program: readonly string[]): Promise<readonly Row[]> {
  const namespaces = ['unshare', '--net', '--mount', '--propagation', 'private']
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...namespaces, ...program, name], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  })
  const ended = once(child, 'exit')
  const result = child.stdio[3]
  if (!result || !('read' in result)) throw new Error('there is no pipe to the part')
  const answer = await text(result)
  const [code] = await ended
  if (code !== 0) throw new Error(`${name} ended with ${code}`)
  return JSON.parse(answer)
}
