import { request } from 'node:http'
import { allAt, parseXml, textAt, type Vector, vectorFrom } from '../../../lib/opennebula/index.ts'
import { Elastic, type ElasticCall } from '../opennebula/index.ts'

/** One action of the driver, from when it has a thread. */
export interface Action {
  readonly action: ElasticCall['action']
  readonly vm: number
  /** Simulated. */
  readonly seconds: number
  /** What the user would read; undefined when it succeeded. */
  readonly error: string | undefined
}

export interface QuickElasticOptions {
  /** The controller's socket. */
  readonly socket: string
  readonly provision: number
  /** Simulated seconds since anything. */
  readonly seconds: () => number
  /** How many actions oned's driver for VMs has under way at once: `-t 15` unless configured. */
  readonly threads?: number
}

/**
 * The elastic driver with the plug-in, as `elastic-rules.test.ts` has it with Ruby, without a process
 * for each action: in a lab faster than the world those would be most of the time.
 */
export class QuickElastic extends Elastic {
  readonly actions: Action[] = []
  readonly #options: QuickElasticOptions
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(options: QuickElasticOptions) {
    super({ cwd: '/', env: () => ({}) })
    this.#options = options
    this.#free = options.threads ?? 15
  }

  override async run(action: ElasticCall['action'], argv: readonly string[], document: string) {
    await this.#takeThread()
    const began = this.#options.seconds()
    const vm = parseXml(document)
    const work = action === 'post' ? this.#post(vm, argv) : this.#clean(vm, argv)
    const error = await work.then(
      () => undefined,
      (failure: Error) => failure,
    )
    this.actions.push({
      ...{ action, vm: Number(textAt(vm, 'ID')), error: error?.message },
      seconds: this.#options.seconds() - began,
    })
    this.#giveThread()
    if (error) throw error
  }

  /** NIC by NIC; the first that is refused gives back those before it. */
  async #post(vm: Node, argv: readonly string[]): Promise<void> {
    const assigned: Vector[] = []
    for (const nic of elasticNics(vm)) {
      try {
        await this.#ask('assign', vm, nic)
        assigned.push(nic)
      } catch (error) {
        if (argv.at(-1) === hostname(vm))
          for (const one of assigned) await this.#ask('unassign', vm, one, argv.at(-1))
        throw error
      }
    }
  }

  async #clean(vm: Node, argv: readonly string[]): Promise<void> {
    for (const nic of elasticNics(vm))
      await this.#ask('unassign', vm, nic, argv.at(-1)).catch(() => undefined)
  }

  #ask(what: string, vm: Node, nic: Vector, cleaned?: string): Promise<void> {
    const [hid] = allAt(vm, 'HISTORY_RECORDS', 'HISTORY', 'HID')
    const body = {
      ...{ provision: this.#options.provision, host: Number(hid?.text) },
      ...{ vm: Number(textAt(vm, 'ID')), ip: nic['IP'], external: nic['EXTERNAL_IP'], cleaned },
    }
    return post(this.#options.socket, `/elastic/${what}`, body)
  }

  async #takeThread(): Promise<void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #giveThread(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free++
  }
}

type Node = ReturnType<typeof parseXml>

const hostname = (vm: Node) => allAt(vm, 'HISTORY_RECORDS', 'HISTORY', 'HOSTNAME')[0]?.text

/** While one is plugged in or out, it alone. */
function elasticNics(vm: Node): Vector[] {
  const nics = ['NIC', 'NIC_ALIAS']
    .flatMap((name) => allAt(vm, 'TEMPLATE', name).map(vectorFrom))
    .filter((nic) => nic['VN_MAD'] === 'elastic')
  const plugged = nics.filter((nic) => nic['ATTACH'] === 'YES')
  return plugged.length > 0 ? plugged : nics
}

function post(socketPath: string, path: string, body: object): Promise<void> {
  const text = JSON.stringify(body)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, method: 'POST', headers, agent: false })
    outgoing.once('error', reject)
    outgoing.once('response', async (response) => {
      try {
        let answer = ''
        for await (const chunk of response.setEncoding('utf8')) answer += chunk
        if (response.statusCode === 200) resolve()
        else reject(new Error((JSON.parse(answer) as { message: string }).message))
      } catch (error) {
        reject(error)
      }
    })
    outgoing.end(text)
  })
}
