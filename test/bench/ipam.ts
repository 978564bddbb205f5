// npm run bench:ipam: each IPAM driver as a whole process, cold as oned starts it, in turn with an empty
// script of the same Node and with Ruby scripts that do the job the way of OpenNebula's own drivers
// (ipam/incumbent.rb). Medians of 20 rounds; exit 1 when a target is missed.
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openServers } from './ipam/servers.ts'
import { duration, median, type Row, tableText } from './report.ts'

const rounds = 20
const addressLimit = 1.4
const registerLimit = 2
const rivalLimit = 0.35

const root = resolve(import.meta.dirname, '../..')
const home = mkdtempSync(join(tmpdir(), 'bench-ipam-'))
const empty = join(home, 'empty.cjs')
writeFileSync(empty, '')
const socket = join(home, 'controller.sock')
const servers = await openServers(socket)
const driver = (name: string) => [join(root, 'dist/remotes/ipam/scaleway', name), '7']
const ruby = (action: string) => [
  'ruby',
  join(import.meta.dirname, 'ipam/incumbent.rb'),
  action,
  servers.url,
]

interface Program {
  readonly argv: readonly string[]
  readonly message: string
  /** What it must print, so that what is timed is the whole job. */
  readonly says: RegExp
}

const range = /^AR = \[[\s\S]*EXTERNAL_IP *= "195\.154\.0\.1"/
const lease = /^ADDRESS = \[\s*IP = "172\.16\.0\.6"/
const programs = {
  empty: { argv: [join(root, 'dist/node'), empty], message: '', says: /^$/ },
  allocate: { argv: driver('allocate_address'), message: '04-allocate_address', says: /^$/ },
  get: { argv: driver('get_address'), message: '02-get_address', says: lease },
  free: { argv: driver('free_address'), message: '03-free_address', says: /^$/ },
  register: {
    ...{ argv: driver('register_address_range'), message: '01-register_address_range' },
    says: range,
  },
  unregister: {
    ...{ argv: driver('unregister_address_range'), message: '05-unregister_address_range' },
    says: /^$/,
  },
  'ruby get': { argv: ruby('get'), message: '02-get_address', says: lease },
  'ruby register': { argv: ruby('register'), message: '01-register_address_range', says: range },
} as const satisfies Record<string, Program>
type Name = keyof typeof programs

try {
  const { times, parser } = await measured()
  const rows = rowsOf((name) => median(times[name]))
  console.log(`the Ruby scripts read XML with ${parser}\n${tableText(rows)}`)
  process.exitCode = rows.every(({ met }) => met) ? 0 : 1
} finally {
  await servers.close()
  rmSync(home, { recursive: true })
}

async function measured() {
  const times = Object.fromEntries(
    Object.keys(programs).map((name) => [name, [] as number[]]),
  ) as Record<Name, number[]>
  let parser = 'Nokogiri'
  // The first round fills caches.
  for (let round = -1; round < rounds; round++) {
    for (const [name, program] of Object.entries(programs)) {
      const { ms, said } = await run(program)
      if (said === 'REXML\n') parser = 'REXML (Nokogiri is not installed)'
      if (round >= 0) times[name as Name].push(ms)
    }
  }
  return { times, parser }
}

async function run({ argv: [program = '', ...rest], message, says }: Program) {
  // A file, because Node's own pipes are sockets, and oned's are not.
  const file = message === '' ? '/dev/null' : encoded(message)
  const stdin = openSync(file, 'r')
  const { PATH, RUBYLIB } = process.env
  const began = performance.now()
  const child = spawn(program, rest, {
    stdio: [stdin, 'pipe', 'pipe'],
    env: {
      ...{ PATH, ...(RUBYLIB === undefined ? {} : { RUBYLIB }) },
      ...{ EDGECTL_IPAM_SOCKET: socket, EDGECTL_IPAM_LOG: join(home, 'ipam.log') },
    },
  })
  let out = ''
  let said = ''
  child.stdout?.on('data', (part) => (out += part))
  child.stderr?.on('data', (part) => (said += part))
  const code = await new Promise((done) => child.on('close', done))
  const ms = performance.now() - began
  closeSync(stdin)
  if (code !== 0 || !says.test(out)) throw new Error(`${program} ${rest} said ${out}${said}`)
  return { ms, said }
}

function encoded(message: string): string {
  const path = join(home, message)
  const xml = readFileSync(join(root, 'test/recorded/ipam', `${message}.xml`))
  writeFileSync(path, xml.toString('base64'))
  return path
}

function rowsOf(time: (name: Name) => number): Row[] {
  const base = time('empty')
  const against = (name: Name, limit: number): Row => ({
    what: `${name}, as a whole process`,
    ours: `${duration(time(name))}, ${(time(name) / base).toFixed(2)} x empty`,
    target: `${limit} x empty`,
    met: time(name) <= limit * base,
  })
  const beside = (name: Name, other: Name, limit?: number): Row => {
    const share = time(name) / time(other)
    return {
      what: `${name}, beside the incumbent's way`,
      ours: `${duration(time(name))}, ${share.toFixed(2)} x`,
      rival: duration(time(other)),
      ratio: 1 / share,
      ...(limit === undefined ? {} : { target: `${limit} x` }),
      met: limit === undefined || share <= limit,
    }
  }
  return [
    { what: 'an empty script of the same Node', ours: duration(base), met: true },
    ...(['allocate', 'get', 'free'] as const).map((name) => against(name, addressLimit)),
    against('register', registerLimit),
    against('unregister', registerLimit),
    beside('register', 'ruby register', rivalLimit),
    beside('get', 'ruby get'),
  ]
}
