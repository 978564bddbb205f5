import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { createClock } from '../../../lib/clock/index.ts'
import { createOpenNebulaStandIn, type ElasticCall, type Hypervisor } from '../opennebula/index.ts'

const ipam = fileURLToPath(new URL('../../../ipam', import.meta.url))

interface Body {
  readonly provision: number
  readonly host: number
  readonly vm: number | null
  readonly ip: string
  readonly external: string
  readonly cleaned?: string
}

export interface ElasticStage {
  /**
   * What the plug-in asked of the controller: `assign 100.64.0.0 195.154.0.1 of VM 7 on host 0`, and
   * `unassign … on h1 (host 1)` where h1 is cleaned and the VM's newest host is 1.
   */
  readonly asked: string[]
  /** What the controller answers from now on; by request line when it is a function. */
  answer: (line: string) => { readonly status: number; readonly message: string }
  /** Runs the stock driver's action with the real plug-in loaded. */
  run(
    action: ElasticCall['action'],
    argv: readonly string[],
    document: string,
  ): Promise<Pick<ElasticCall, 'exitCode' | 'stdout' | 'stderr'>>
}

/**
 * The stock elastic driver's actions as processes, with the plug-in that ships, an oned that knows the
 * hosts h1 and h2 of provision 42, and a controller that only notes what it is asked.
 */
export async function createElasticStage(t: Test): Promise<ElasticStage> {
  // not t.testdir(): a socket's path has 107 characters at most
  const home = await mkdtemp(join(tmpdir(), 'elastic-'))
  t.teardown(() => rm(home, { recursive: true }))
  const stage: Pick<ElasticStage, 'asked' | 'answer'> = {
    asked: [],
    answer: () => ({ status: 200, message: '' }),
  }
  const controller = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const { provision, host, vm, ip, external, cleaned } = JSON.parse(text) as Body
    const what = request.url?.replace('/elastic/', '')
    const where = cleaned === undefined ? `host ${host}` : `${cleaned} (host ${host})`
    const line = `${what} ${ip} ${external} of VM ${vm} on ${where}`
    stage.asked.push(provision === 42 ? line : `${line} of provision ${provision}`)
    const { status, message } = stage.answer(line)
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ message }))
  })
  await new Promise<void>((listening) => controller.listen(`${home}/socket`, listening))
  t.teardown(() => controller.close())
  const one = await createOpenNebulaStandIn({
    ipamDir: home,
    hypervisor: {} as Hypervisor,
    elasticDir: ipam,
    env: { EDGECTL_IPAM_SOCKET: `${home}/socket` },
    users: { oneadmin: 'opennebula' },
    clock: createClock({ scale: 0.01 }),
    monitorEveryMs: 1e9,
  })
  t.teardown(() => one.close())
  const oneform = 'ONEFORM = [ PROVISION_ID = "42", RESOURCE_ID = "fr-par-2/s1" ]'
  for (const [id, name] of ['h1', 'h2'].entries()) {
    await one.call('one.host.allocate', [name, 'kvm', 'kvm', 0])
    await one.call('one.host.update', [id, oneform, 1])
  }
  return Object.assign(stage, {
    async run(action: ElasticCall['action'], argv: readonly string[], document: string) {
      const { elastic } = one.state
      await elastic.run(action, argv, document).catch(() => undefined)
      const { exitCode, stdout, stderr } = elastic.calls.at(-1) as ElasticCall
      return { exitCode, stdout, stderr }
    },
  })
}
