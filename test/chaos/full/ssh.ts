// ssh as the controller finds it: says at a door what it is to run, waits until it may, and is the real
// one then. The first argument is the door's socket.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { hypervisorProgram } from '../../../controller/bootstrap/hypervisor-program.ts'
import { mortal } from '../../../controller/bootstrap/mortal.ts'
import {
  prepareProgram,
  startProgram,
  uploadProgram,
} from '../../../controller/bootstrap/programs.ts'

const programs = {
  prepare: prepareProgram,
  upload: uploadProgram,
  hypervisor: hypervisorProgram,
  start: startProgram,
}
const longest = Math.max(...Object.values(programs).map((text) => Buffer.byteLength(text)))

const [path = '', ...argv] = process.argv.slice(2)
const [address = '', command = ''] = argv.slice(argv.indexOf('--') + 1)
const relay = command.includes("'relay'")
const begin = relay ? Buffer.alloc(0) : await beginning(process.stdin)
const leave = await enter(relay ? 'relay' : programIn(begin))

// Whoever kills this one kills that one, as the controller's end does.
const [file, ...args] = mortal(['ssh', ...argv])
const ssh = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] })
const ended = once(ssh, 'close')
ssh.stdin.on('error', () => undefined)
process.stdout.on('error', () => process.exit(255))
let told: (() => Promise<void>) | undefined
void there(process.stdin, ssh.stdin)
await back(ssh.stdout, process.stdout)
const [code] = await ended
if (!relay) await leave()
process.exit(typeof code === 'number' ? code : 255)

/** To the host. A relay carries the controller's messages in clear text. */
async function there(from: Readable, to: Writable): Promise<void> {
  to.write(begin)
  for await (const bytes of from as AsyncIterable<Buffer>) {
    if (relay && bytes.includes('{"type":"spec"')) told = await enter('spec')
    if (!to.write(bytes)) await Promise.race([once(to, 'drain'), ended])
  }
  to.end()
}

/** From the host; what it says first after a specification is heard when the door lets it. */
async function back(from: Readable, to: Writable): Promise<void> {
  for await (const bytes of from as AsyncIterable<Buffer>) {
    await told?.()
    told = undefined
    if (!to.write(bytes)) await once(to, 'drain')
  }
}

/** As much of the input as tells which program it is; read on by others. */
async function beginning(from: Readable): Promise<Buffer> {
  let bytes = Buffer.alloc(0)
  while (bytes.length < longest && programIn(bytes) === 'unknown') {
    await once(from, 'readable')
    const more = from.read() as Buffer | null
    if (more === null) break
    bytes = Buffer.concat([bytes, more])
  }
  return bytes
}

function programIn(bytes: Buffer): string {
  const known = Object.entries(programs).find(([, text]) => {
    const whole = Buffer.from(`${text.trimEnd()}\n`)
    return bytes.subarray(0, whole.length).equals(whole)
  })
  return known?.[0] ?? 'unknown'
}

/** Returns when it may begin, with what says that it is done. Otherwise ends as if the connection broke. */
async function enter(program: string): Promise<() => Promise<void>> {
  const door = createConnection(path)
  door.on('error', () => process.exit(255))
  const answers = createInterface({ input: door })[Symbol.asyncIterator]()
  const ask = async (line: string) => {
    door.write(`${line}\n`)
    const { value } = await answers.next()
    if (value === 'pass') return
    process.stderr.write(`Connection to ${address} closed by remote host.\n`)
    process.exit(255)
  }
  await ask(JSON.stringify({ address, program }))
  return async () => {
    await ask('done')
    door.end()
  }
}
