import { spawn } from 'node:child_process'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { vectorInner } from './attributes.ts'
import { errno, Refusal } from './refusal.ts'
import { plain, wrapped } from './xml.ts'

export type IpamAction =
  | 'register_address_range'
  | 'unregister_address_range'
  | 'get_address'
  | 'allocate_address'
  | 'free_address'

export interface IpamOptions {
  /** Holds one directory per IPAM_MAD, with the five actions as executables. */
  readonly directory: string
  readonly cwd: string
  /** Read at each call: the stand-in's own address is known late. */
  readonly env: () => Readonly<Record<string, string>>
  /** How long oned waits for an answer, counted from queueing; 90 s in oned. */
  readonly patienceMs: number
}

export interface IpamCall {
  readonly mad: string
  readonly action: IpamAction
  readonly argument: string
  readonly document: string
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs IPAM drivers as one_ipam does: one action at a time for the whole cloud. */
export class Ipam {
  readonly calls: IpamCall[] = []
  /** Process ids of the actions under way. */
  readonly running = new Set<number>()
  readonly #options: IpamOptions
  #queue: Promise<unknown> = Promise.resolve()
  #requests = 0

  constructor(options: IpamOptions) {
    this.#options = options
  }

  /** Waits its turn. Other actions of the same queue, like vnet_create, go through here too. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work)
    this.#queue = turn.catch(() => {})
    return turn
  }

  /**
   * The driver's answer. Rejects with what oned tells its client: the driver's stderr, or "Request
   * timeout"; then the driver still runs to its end and its answer is dropped.
   */
  async run(mad: string, action: IpamAction, document: string): Promise<string> {
    const argument = String(this.#requests++)
    const turn = this.inTurn(() => this.#execute(mad, action, argument, document))
    return await withPatience(turn, this.#options.patienceMs)
  }

  async #execute(mad: string, action: IpamAction, argument: string, document: string) {
    const path = join(this.#options.directory, mad, action)
    await access(path).catch(() => {
      throw new Refusal(errno.internal, `Internal error No such file or directory - ${path}`)
    })
    const done = await execute(['nice', '-n', '19', path, argument], {
      cwd: this.#options.cwd,
      env: { ...this.#options.env(), PRIORITY: '19', ONE_MAD_DEBUG: '' },
      stdin: Buffer.from(document).toString('base64'),
      running: this.running,
    })
    this.calls.push({ mad, action, argument, document, ...done })
    if (done.exitCode !== 0) throw new Refusal(errno.internal, messageOf(done.stderr))
    return done.stdout
  }
}

/** The document of every action: the range, and the address asked for. */
export function ipamDocument(range: string, address: string): string {
  return wrapped('IPAM_DRIVER_ACTION_DATA', wrapped('AR', range) + wrapped('ADDRESS', address))
}

export const noAddress = '<MAC/><IP/><IP6_GLOBAL/><IP6_ULA/><IP6/><SIZE/>'

export function addressElement(mac: string, ip: string): string {
  return plain('MAC', mac) + plain('IP', ip) + plain('SIZE', 1)
}

export const requestedRange = vectorInner

export interface Done {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface Execution {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string
  /** Has the process id as long as it runs. */
  readonly running: Set<number>
}

export function execute(argv: readonly string[], options: Execution): Promise<Done> {
  const [file = '', ...rest] = argv
  return new Promise((resolve) => {
    const child = spawn(file, rest, { cwd: options.cwd, env: { ...options.env }, detached: true })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    // A driver that exits without reading its input is no failure by itself.
    child.stdin.on('error', () => {})
    const { pid = 0 } = child
    if (pid > 0) options.running.add(pid)
    child.on('exit', () => options.running.delete(pid))
    child.on('error', (error) => resolve({ exitCode: 127, stdout, stderr: error.message }))
    child.on('close', (code) => resolve({ exitCode: code ?? 1, stdout, stderr }))
    child.stdin.end(options.stdin)
  })
}

const logLine = /^(ERROR|INFO|WARN|WARNING|DEBUG):/

/** stderr without log lines, its lines joined by nothing. */
export function messageOf(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !logLine.test(line))
    .join('')
}

async function withPatience<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Refusal(errno.internal, 'Request timeout')), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    work.catch(() => {})
  }
}
