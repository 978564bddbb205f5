// edgectld: the controller's composition root. Arguments, configuration, signals; nothing else.
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createClock } from '../lib/clock/index.ts'
import { Fault, sentenceOf } from '../lib/fault/index.ts'
import { createLogger } from '../lib/log/index.ts'
import { startController } from './assembly/index.ts'
import { loadConfig } from './config/index.ts'

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
  const controller = await startController(config, { clock, logger, version })
  let closing = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (closing) process.exit(1)
      closing = true
      logger.info('stopping; work under way goes on at the next start', { signal })
      void controller.close().then(() => process.exit(0))
    })
  }
}
