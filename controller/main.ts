// edgectld: the controller's composition root. Arguments, configuration, signals; nothing else.
import { dirname, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createClock } from '../lib/clock/index.ts'
import { Fault, sentenceOf } from '../lib/fault/index.ts'
import { createLogger } from '../lib/log/index.ts'
import { type Controller, startController } from './assembly/index.ts'
import { loadConfig } from './config/index.ts'

/** Everything survives a kill, so nothing is waited for longer than an administrator would. */
const stopMs = 5_000
const version = process.env['EDGECTL_VERSION'] ?? 'development'

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`edgectld: ${sentenceOf(error)}\n`)
  process.exit(error instanceof Fault && error.kind === 'invalid' ? 2 : 1)
}

async function main(argv: string[]): Promise<void> {
  const { values } = parseArgs({ args: argv, options: { config: { type: 'string' } } })
  // Bundled as <install dir>/controller/edgectld.mjs, beside what it hands out.
  const config = await loadConfig(values.config, resolve(dirname(process.argv[1] ?? '.'), '..'))
  const logger = createLogger('edgectld', { level: config.logLevel })
  const clock = createClock(config.timing)
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      // Through the logger, which knows what is secret; Node's own report does not.
      const stack = error instanceof Error ? error.stack : undefined
      logger.error('the program is at fault and ends', { why: sentenceOf(error), stack })
      process.exit(1)
    })
  }
  let controller: Controller | undefined
  let ending = false
  const end = async (code: number) => {
    if (ending) process.exit(1)
    ending = true
    await Promise.race([controller?.close(), pause(stopMs)]).catch((error: unknown) => {
      logger.warn('not all came to a good end', { why: sentenceOf(error) })
    })
    process.exit(code)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      logger.info('stopping; work under way goes on at the next start', { signal })
      void end(0)
    })
  }
  controller = await startController(config, { clock, logger, version })
  void controller.deposed.then((fault) => {
    logger.error(fault.sentence)
    void end(1)
  })
}
