import type { FastifyInstance } from 'fastify'
import { fastify } from 'fastify'
import type { Clock } from '../../lib/clock/index.ts'
import { lazyValidators } from '../../lib/lazy-validators/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Documents } from '../documents/index.ts'
import type { Events } from '../provision/index.ts'
import { addressRoutes } from './addresses.ts'
import { adoptRoute } from './adopt.ts'
import { answerBrokenClient } from './broken-client.ts'
import { costRoute } from './cost.ts'
import { doctorRoute } from './doctor.ts'
import { driverRoutes } from './drivers.ts'
import { failureHandler } from './failure.ts'
import { fault } from './faults.ts'
import { fleetRoute } from './fleet.ts'
import { createJournal } from './journal.ts'
import { parseJson } from './json-body.ts'
import { giveLastAnswers } from './last-answers.ts'
import { leakRoutes } from './leaks.ts'
import { requireLogin } from './login.ts'
import { describeRoutes } from './openapi/index.ts'
import type {
  AddressesPort,
  AdoptionPort,
  CheckConnection,
  CostPort,
  DoctorPort,
  DriverDescription,
  DriverPort,
  FleetPort,
  LeaksPort,
  LifecyclePort,
  OneLogin,
  OwnLogin,
  ParseInputs,
  Preflight,
} from './ports.ts'
import { progressRoutes } from './progress.ts'
import { providerRoutes } from './providers.ts'
import type { ProvisionLogs } from './provision-log.ts'
import { provisionRoutes } from './provisions.ts'
import { recordEvents } from './record.ts'
import { rightsRoutes } from './rights.ts'
import { besideStock, type StockServer } from './stock/index.ts'

export interface ApiOptions {
  /** With oneadmin's rights; every request sees them through its own user's. */
  readonly documents: Documents
  readonly one: OneLogin
  readonly own?: OwnLogin
  readonly lifecycle: LifecyclePort
  readonly addresses: AddressesPort
  readonly adoption: AdoptionPort
  readonly fleet: FleetPort
  readonly leaks: LeaksPort
  readonly cost: CostPort
  readonly doctor: DoctorPort
  readonly driver: DriverDescription
  readonly drivers: DriverPort
  /** Has all that is not ours; null where there is none. */
  readonly stock: StockServer | null
  readonly checkConnection: CheckConnection
  readonly parseInputs: ParseInputs
  readonly preflight: Preflight
  readonly events: Pick<Events, 'subscribe'>
  readonly logs: ProvisionLogs
  readonly clock: Clock
  readonly logger: Logger
}

const bodyLimitBytes = 256 * 1024
/** A whole request must have arrived by then; slow senders would keep connections from others. */
const requestMs = 30_000
const headersMs = 10_000
const connectionsLookMs = 5_000
/** Beyond that new ones are closed at once, before they cost memory. */
const mostConnections = 1_000

/** The OneForm REST API, ready for `listen` or `inject`. */
export function createApi(options: ApiOptions): FastifyInstance {
  const app = fastify({
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestMs,
    http: { headersTimeout: headersMs, connectionsCheckingInterval: connectionsLookMs },
    clientErrorHandler: answerBrokenClient,
    forceCloseConnections: true,
    frameworkErrors: failureHandler(options.logger),
    routerOptions: { maxParamLength: 100 },
  })
  app.setValidatorCompiler(
    lazyValidators({ coerceTypes: false, removeAdditional: false, allErrors: true }),
  )
  app.server.maxConnections = mostConnections
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).type('text/html;charset=utf-8').send('<h1>Not Found</h1>'),
  )
  app.addHook('onSend', async (_request, reply) => {
    // an answer is for who asked, with that login and at that moment
    reply.headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
  })
  acceptJsonWhateverItIsCalled(app)
  giveLastAnswers(app, options.clock)
  requireLogin(app, options, failureHandler(options.logger))
  const { stock, logger } = options
  if (stock) {
    const driver = options.driver.name.toLowerCase()
    besideStock(app, { stock, documents: options.documents, driver, logger })
  }
  describeRoutes(app, options.driver.version)
  const journal = createJournal(options.events, options.clock)
  const stopRecording = recordEvents(options.events, options.logs)
  app.addHook('preClose', async () => {
    journal.close()
    stopRecording()
  })
  app.register(async (root) => {
    for (const path of ['/', '/api/v1/'])
      root.get(path, (_request, reply) =>
        reply.type('application/json').send('Welcome to the OpenNebula Formation Server v1'),
      )
  })
  app.register(
    async (v1) => {
      driverRoutes(v1, options)
      providerRoutes(v1, options)
      provisionRoutes(v1, options)
      rightsRoutes(v1)
      addressRoutes(v1, options.addresses)
      costRoute(v1, options.cost)
      adoptRoute(v1, options)
      fleetRoute(v1, options.fleet)
      leakRoutes(v1, options.leaks)
      doctorRoute(v1, options.doctor)
      progressRoutes(v1, { ...options, journal })
    },
    { prefix: '/api/v1' },
  )
  return app
}

/** Bodies are JSON under any content type, and clients send the header with empty bodies too. */
function acceptJsonWhateverItIsCalled(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.decorateRequest('rawBody')
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString()
    request.rawBody = text
    try {
      done(null, text.trim() === '' ? undefined : parseJson(text))
    } catch {
      done(fault('EDGE_REQUEST_INVALID', 'Invalid JSON body'))
    }
  })
}
