import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { createConnection, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Ask } from './probes.ts'

/*
 * Runs inside a machine of the test. Listens on ports that answer with the address they were called
 * from, and probes others as it is told, one JSON line each way.
 */
const tcpPorts = [22, 80, 81, 179, 5432]
const udpPorts = [53, 3784]
const echoPort = 7
const pauseMs = 300

/** Token of a datagram that came in here → the address it came from. */
const arrived = new Map<string, string>()
const flows = new Map<string, Socket>()
const plain = (address = ''): string => address.replace('::ffff:', '')

const ready = [
  ...tcpPorts.map((port) => listen(port, (socket) => socket.end(plain(socket.remoteAddress)))),
  listen(echoPort, (socket) => {
    socket.on('data', (bytes) => {
      arrived.set(String(bytes), plain(socket.remoteAddress))
      socket.write(bytes)
    })
  }),
  ...udpPorts.map(hear),
]
await Promise.all(ready)
process.stdout.write('ready\n')

for await (const line of createInterface({ input: process.stdin })) {
  const { id, ask } = JSON.parse(line) as { id: string; ask: Ask }
  void answer(ask).then((seen) => process.stdout.write(`${JSON.stringify({ id, seen })}\n`))
}
process.exit(0)

function listen(port: number, serve: (socket: Socket) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy())
      serve(socket)
    })
    server.once('error', reject)
    server.listen(port, '0.0.0.0', resolve)
  })
}

function hear(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4', (bytes, { address, port: from }) => {
      arrived.set(String(bytes), address)
      socket.send(address, from, address, () => undefined)
    })
    socket.once('error', reject)
    socket.bind(port, '0.0.0.0', () => {
      socket.removeAllListeners('error').on('error', () => undefined)
      resolve()
    })
  })
}

async function answer(ask: Ask): Promise<string> {
  switch (ask.kind) {
    case 'icmp':
      return ping(ask.to, ask.patienceMs)
    case 'tcp':
      return call(ask.to, ask.port, ask.patienceMs)
    case 'udp':
      return send(ask)
    case 'arrived':
      return arrived.get(ask.token) ?? ''
    case 'open':
      return open(ask.flow, ask.to)
    case 'say':
      return say(ask.flow, ask.text, ask.patienceMs)
  }
}

/** `passes` or `drops`. */
async function ping(to: string, patienceMs: number): Promise<string> {
  const until = Date.now() + patienceMs
  do {
    const child = spawn('ping', ['-n', '-q', '-c', '1', '-W', '1', to], { stdio: 'ignore' })
    const code = await new Promise((resolve) => child.once('exit', resolve))
    if (code === 0) return 'passes'
  } while (Date.now() < until)
  return 'drops'
}

/** `source <address we were seen as>`, `refused` or `drops`. */
function call(to: string, port: number, patienceMs: number): Promise<string> {
  return new Promise((resolve) => {
    let said = ''
    const socket = createConnection({ host: to, port })
    const timer = setTimeout(() => end('drops'), patienceMs)
    const end = (seen: string) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(seen)
    }
    socket.on('data', (bytes) => {
      said += String(bytes)
    })
    socket.once('end', () => end(`source ${said}`))
    socket.once('error', ({ message }) => end(/REFUSED|RESET/.test(message) ? 'refused' : 'drops'))
  })
}

/** As `call`; a datagram is sent again until it is answered. */
function send({
  to,
  port,
  payload,
  patienceMs,
  sourcePort = 0,
}: Extract<Ask, { kind: 'udp' }>): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true }, (bytes) =>
      end(`source ${bytes}`),
    )
    const bytes = Buffer.from(payload, 'base64')
    const again = () => socket.send(bytes, port, to, () => undefined)
    const [repeat, timer] = [
      setInterval(again, pauseMs),
      setTimeout(() => end('drops'), patienceMs),
    ]
    const end = (seen: string) => {
      clearInterval(repeat)
      clearTimeout(timer)
      socket.close()
      resolve(seen)
    }
    socket.on('error', () => undefined)
    socket.bind(sourcePort, again)
  })
}

/** A connection to the echo port that stays: `open` or `drops`. */
function open(flow: string, to: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: to, port: echoPort })
    flows.set(flow, socket)
    socket.once('connect', () => resolve('open'))
    socket.on('error', () => resolve('drops'))
  })
}

/** Says something on an open connection: `echoed`, `silent` or `closed`. */
function say(flow: string, text: string, patienceMs: number): Promise<string> {
  const socket = flows.get(flow)
  if (socket === undefined || socket.destroyed) return Promise.resolve('closed')
  return new Promise((resolve) => {
    const timer = setTimeout(() => end('silent'), patienceMs)
    const end = (seen: string) => {
      clearTimeout(timer)
      socket.removeListener('data', onData)
      resolve(seen)
    }
    const onData = (bytes: Buffer) => {
      if (String(bytes).includes(text)) end('echoed')
    }
    socket.on('data', onData)
    socket.once('close', () => end('closed'))
    socket.write(text)
  })
}
