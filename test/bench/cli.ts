// npm run bench:cli: how long a command of edgectl or a driver takes to start, measured against an empty script
// of the same Node, one after the other so that both see the same machine. The best of the rounds
// counts: other programs only ever make it longer. Exit 1 above the limit.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const limit = 4
const rounds = 20
const home = mkdtempSync(join(tmpdir(), 'bench-cli-'))
const empty = join(home, 'empty.mjs')
writeFileSync(empty, '')
const dist = resolve(import.meta.dirname, '../../dist')
const edgectl = join(dist, 'cli/edgectl.mjs')
// Nobody listens on port 9: what is measured is everything up to the answer.
const nobody = ['--server', 'http://127.0.0.1:9', '--username', 'u', '--password', 'p']
const commands = {
  'edgectl --version': [edgectl, '--version'],
  'edgectl provision list': [edgectl, 'provision', 'list', ...nobody],
  // Reads its empty standard input and refuses it.
  'IPAM driver': [join(dist, 'remotes/ipam/scaleway/get_address'), '0'],
}

try {
  const times = new Map([['empty script', [] as number[]]])
  for (let round = -1; round < rounds; round++) {
    for (const [name, argv] of Object.entries({ 'empty script': [empty], ...commands })) {
      const began = performance.now()
      spawnSync(process.execPath, argv, { env: { HOME: home, PATH: process.env['PATH'] } })
      // The first round fills caches.
      if (round >= 0) times.set(name, [...(times.get(name) ?? []), performance.now() - began])
    }
  }
  const base = best(times.get('empty script') ?? [])
  let slow = false
  for (const [name, all] of times) {
    const ratio = best(all) / base
    slow ||= ratio > limit
    console.log(`${name.padEnd(24)} ${best(all).toFixed(0).padStart(5)} ms  ${ratio.toFixed(2)} x`)
  }
  console.log(slow ? `above the limit of ${limit} x` : `within the limit of ${limit} x`)
  process.exitCode = slow ? 1 : 0
} finally {
  rmSync(home, { recursive: true })
}

function best(values: readonly number[]): number {
  return Math.min(...values)
}
