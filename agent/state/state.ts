import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from 'typebox'
import { HostSpec, parseAs } from '../../lib/contract/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import { keepSecret, type Logger } from '../../lib/log/index.ts'
import { putFile, textOf } from './atomic-file.ts'
import { type AgentKey, agentKey } from './key.ts'
import { lastGoodFile } from './last-good.ts'
import { Controllers, openMemory, Refusal } from './memory.ts'

/** What an agent keeps on disk. */
export interface AgentState {
  readonly key: AgentKey
  /** The last spec that was applied and proved harmless; null on a fresh host. */
  lastGood(): HostSpec | null
  keepGood(spec: HostSpec): Promise<void>
  /** The newest spec that was taken back because it cut this host off; null when there is none. */
  refusal(): Refusal | null
  keepRefusal(refusal: Refusal | null): Promise<void>
  /** Addresses the last controllers logged in from, newest first. */
  controllers(): readonly string[]
  /** This one just logged in; true when that is news. */
  keepController(address: string): Promise<boolean>
  /** The enrolment token; undefined when there is none, or once the key is admitted. */
  token(): Promise<string | undefined>
  /** The key is admitted: the token has done its work. */
  forgetToken(): Promise<void>
}

/** A front-end in high availability has three machines; each may lead next. */
const howManyControllers = 4

export interface StatePaths {
  /** `/var/lib/edge-agent`: the key and the last good spec. */
  readonly directory: string
  /** `/etc/edge-agent/token`, put there by the bootstrap. */
  readonly tokenFile: string
}

/** Opens the agent's state. A last good spec that cannot be read counts as none, and is reported. */
export async function openState(
  { directory, tokenFile }: StatePaths,
  logger: Logger,
): Promise<AgentState> {
  const file = lastGoodFile(directory)
  const key = await agentKey(join(directory, 'key.pem'))
  const refusal = await openMemory(
    Type.Union([Refusal, Type.Null()]),
    { directory, name: 'refused.json' },
    null,
    logger,
  )
  const controllers = await openControllers(directory, logger)
  let good = await readSpec(file, logger)
  return {
    key,
    lastGood: () => good,
    keepGood: async (spec) => {
      // The file holds the BGP password; it is readable by root alone.
      const text = `${JSON.stringify(spec)}\n`
      if (good !== null && text === `${JSON.stringify(good)}\n`) return
      await putFile(file, text)
      good = spec
    },
    refusal: () => refusal.value,
    keepRefusal: refusal.keep,
    controllers: () => controllers.value,
    keepController: async (address) => {
      const others = controllers.value.filter((known) => known !== address)
      const isNews = others.length === controllers.value.length
      await controllers.keep([address, ...others].slice(0, howManyControllers))
      return isNews
    },
    token: async () => {
      const token = (await textOf(tokenFile))?.trim()
      return token ? keepSecret(token) : undefined
    },
    forgetToken: () => rm(tokenFile, { force: true }),
  }
}

/** What the running agent's firewall knows, for those who only look. */
export async function knownControllers(
  directory: string,
  logger: Logger,
): Promise<readonly string[]> {
  return (await openControllers(directory, logger)).value
}

const openControllers = (directory: string, logger: Logger) =>
  openMemory(Controllers, { directory, name: 'controllers.json' }, [], logger)

async function readSpec(file: string, logger: Logger): Promise<HostSpec | null> {
  try {
    const text = await textOf(file)
    return text === undefined ? null : parseAs(HostSpec, JSON.parse(text), 'The last good spec')
  } catch (error) {
    logger.error(`The last good spec cannot be read: ${sentenceOf(error)}`, { file })
    return null
  }
}
