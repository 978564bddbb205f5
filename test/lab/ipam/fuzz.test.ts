// The built drivers as processes (npm run build), fed with the mutations of test/unit/ipam/fuzz.
// FUZZ_PROGRAMS=2000 asks for that many, FUZZ_SEED=n for others.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import t from 'tap'
import { drivers, type Outcome } from '../../../ipam/wire/index.ts'
import { createChance } from '../../unit/ipam/fuzz/chance.ts'
import { type Case, mutated } from '../../unit/ipam/fuzz/mutate.ts'
import { objection } from '../../unit/ipam/fuzz/objection.ts'

const { FUZZ_PROGRAMS, FUZZ_SEED } = process.env
const count = Number(FUZZ_PROGRAMS ?? 60)
const seed = Number(FUZZ_SEED ?? 20_261_130)
const atOnce = 2
const hangMs = 30_000
const dist = resolve(import.meta.dirname, '../../../dist')
const home = mkdtempSync(join(tmpdir(), 'ipam-fuzz-'))
t.teardown(() => rmSync(home, { recursive: true }))
t.setTimeout(1_800_000)

/** A controller that answers what the case says, whole or damaged on the way. */
async function controllerOf({ answer }: Case, number: number, socket: string) {
  const chance = createChance(seed + 1, number)
  const text = Buffer.from(answer.text)
  const length = chance.once(12) ? chance.below(9_000) : text.length
  const head = `HTTP/1.1 ${answer.status} X\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`
  const whole = Buffer.concat([Buffer.from(chance.once(30) ? 'HTTP/9 ' : head), text])
  const sent = chance.once(12) ? whole.subarray(0, chance.below(whole.length)) : whole
  const half = chance.below(sent.length)
  const server = createServer((connection) => {
    connection.on('error', () => undefined)
    connection.once('data', () => {
      if (chance.once(20)) connection.destroy()
      else connection.write(sent.subarray(0, half), () => connection.end(sent.subarray(half)))
    })
  })
  await new Promise<void>((done) => server.listen(socket, done))
  return server
}

interface Ran extends Omit<Outcome, 'exitCode'> {
  readonly exitCode: number | string | null
}

function run({ driver, argv, input }: Case, socket: string, log: string): Promise<Ran> {
  // No process can be started with a NUL in its arguments.
  const words = argv.map((word) => word.replaceAll('\0', ''))
  const child = spawn(join(dist, 'remotes/ipam/scaleway', driver), words, {
    env: { EDGECTL_IPAM_SOCKET: socket, EDGECTL_IPAM_LOG: log },
    timeout: hangMs,
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(Buffer.from(input, 'latin1'))
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stderr.on('data', (part: Buffer) => err.push(part))
  return new Promise((done) =>
    child.on('close', (code, signal) =>
      done({
        exitCode: signal ?? code,
        stdout: String(Buffer.concat(out)),
        stderr: String(Buffer.concat(err)),
      }),
    ),
  )
}

async function wrong(number: number, log: string): Promise<string | undefined> {
  const one = mutated(seed, number)
  const socket = join(home, `${number}`)
  const server = await controllerOf(one, number, socket)
  try {
    const { exitCode, ...rest } = await run(one, socket, log)
    if (exitCode !== 0 && exitCode !== 1) return `it ended with ${exitCode}: ${rest.stderr}`
    return objection(wellFormed(one), { exitCode, ...rest })
  } catch (error) {
    return String(error)
  } finally {
    server.close()
  }
}

/** As it travels: halves of characters become the replacement character. */
function wellFormed(one: Case): Case {
  const strings = (_: string, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value
  try {
    const text = JSON.stringify(JSON.parse(one.answer.text, strings))
    return { ...one, answer: { ...one.answer, text } }
  } catch {
    return one
  }
}

t.test(`${count} damaged calls of the built drivers end as oned can live with`, async (t) => {
  const log = join(home, 'ipam.log')
  const began = performance.now()
  let next = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) {
        const number = next++
        const why = await wrong(number, log)
        if (why !== undefined) t.fail(`FUZZ_SEED=${seed}, number ${number}: ${why}`)
      }
    }),
  )
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  t.comment(`seed ${seed}: ${count} processes in ${seconds} s`)
  const lines = ['', '.1', '.2', '.3', '.4']
    .filter((end) => existsSync(`${log}${end}`))
    .flatMap((end) => readFileSync(`${log}${end}`, 'utf8').trimEnd().split('\n'))
  t.equal(lines.length, count, 'each left a line')
  for (const line of lines) if (!(JSON.parse(line).driver in drivers)) t.fail(line)
})
