import { chmod, rm } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import type { HostReport } from '../lib/contract/index.ts'
import { Fault, sentenceOf } from '../lib/fault/index.ts'
import type { Logger } from '../lib/log/index.ts'
import type { Inventory } from './health/index.ts'

/** What a running agent says of itself. */
export interface Status {
  readonly server: string
  /** Whether the controller is connected. */
  readonly connected: boolean
  readonly epoch: number | null
  readonly generation: number | null
  readonly report: HostReport
  readonly inventory: Inventory
}

/** Answers every connection on this socket with the status, as one JSON document. */
export async function serveStatus(
  path: string,
  status: () => Promise<Status>,
  logger: Logger,
): Promise<{ close(): Promise<void> }> {
  await rm(path, { force: true })
  const server = createServer((connection) => {
    connection.on('error', () => connection.destroy())
    status().then(
      (value) => connection.end(`${JSON.stringify(value)}\n`),
      (error) => {
        logger.warn(`No status could be made: ${sentenceOf(error)}`)
        connection.destroy()
      },
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  await chmod(path, 0o600)
  return { close: () => new Promise((resolve) => server.close(() => resolve())) }
}

/** Asks the running agent. Throws EDGE_AGENT_SILENT when none answers. */
export async function askStatus(path: string): Promise<Status> {
  try {
    return JSON.parse(await text(createConnection(path)))
  } catch (cause) {
    throw new Fault('EDGE_AGENT_SILENT', 'transient', `No agent answers on ${path}`, {
      hint: 'Look at `systemctl status edge-agent`; the socket is for root.',
      cause,
    })
  }
}

/** The status for people, a few lines. */
export function statusText({ server, connected, generation, report, inventory }: Status): string {
  const { verdict, reasons, sessions, vnis, elastics, versions } = report
  const up = sessions.filter(({ state }) => state === 'Established').length
  const armed = elastics.filter((elastic) => elastic.armed).length
  return [
    `${server} is ${verdict}${connected ? '' : ', without controller'}`,
    ...reasons.map((reason) => `  - ${reason}`),
    `generation ${generation ?? 'none'}, ${report.repairs} repairs`,
    ...report.lastRepairs.map(
      ({ at, sentence }) => `  - ${new Date(at).toISOString()} ${sentence}`,
    ),
    `${up} of ${sessions.length} BGP sessions, ${vnis.length} VNIs, ${armed} of ${elastics.length} elastic addresses armed`,
    `agent ${versions.agent}, FRR ${versions.frr}, kernel ${versions.kernel}`,
    `${inventory.cores} cores, ${Math.round(inventory.memoryBytes / 2 ** 30)} GiB, ${inventory.cpu}`,
  ].join('\n')
}
