import { inject } from 'light-my-request'
import type { Test } from 'tap'
import { states } from '../../../../controller/documents/index.ts'
import { createLogger } from '../../../../lib/log/index.ts'
import { open } from '../calls.ts'
import { createEstate } from '../estate.ts'
import { connection } from '../routes.ts'
import { ownSecret } from './bodies.ts'
import type { World } from './draft.ts'
import { echoStock, type Passed, wronglyPassed } from './echo-stock.ts'
import { objection, type Seen } from './objection.ts'
import type { Shot } from './shot.ts'

export interface Range {
  readonly world: World
  /** How many requests went to the stock server. */
  passedOn(): number
  /** How many requests came to what a route does with them. */
  past(): number
  /** Fires one, judges what came of it, and puts everything back. */
  fire(shot: Shot): Promise<{ readonly status: number; readonly why: string | undefined }>
}

const secrets = {
  kept: [connection.secret_key, connection.project_id, 'hidden-master'],
  own: ownSecret,
}

/** The API in memory, with documents in every state and some that are not this controller's. */
export async function createRange(t: Test, besideStock = false): Promise<Range> {
  const heard: Passed[] = []
  const logged: string[] = []
  const logger = createLogger('fuzz', { destination: { write: (line) => void logged.push(line) } })
  const it = open(t, { logger, scale: 0, stock: besideStock ? echoStock(heard) : null })
  let [past, passedOn] = [0, 0]
  it.app.addHook('preHandler', async (request) => {
    if (!request.is404) past++
  })
  const estate = await createEstate(it)
  const others = await strangeDocuments()
  const ours = [...Object.values<number>({ ...estate.ids }), ...others.slice(0, 4)]
  estate.rebase()
  await estate.restore()

  async function strangeDocuments(): Promise<number[]> {
    const { documents, one } = it
    const sample = await documents.provisions.get(estate.ids.provision)
    const more: number[] = []
    for (const state of [
      states.PENDING,
      states.DONE,
      states.SCALING_FAILURE,
      states.DEPROVISIONING,
    ])
      more.push((await documents.provisions.create({ ...sample.body, state })).id)
    const foreign = { name: 'aws', engine: undefined, driver: 'aws', secret: 'hidden-master' }
    for (const [type, attribute, body] of [
      [103, 'PROVIDER_BODY', foreign],
      [104, 'PROVISION_BODY', foreign],
      [104, 'PROVISION_BODY', { ...sample.body, proof: 'forged' }],
      [104, 'PROVISION_BODY', null],
      [105, 'PROVISION_BODY', { master: 'hidden-master' }],
    ] as const)
      more.push(await one.documents.create(type, 'strange', attribute, body))
    return more
  }

  /** Past the client's own parser, which would tidy the URL up. */
  async function send({ method, url, headers, payload }: Shot) {
    const endless = method === 'GET' && url.includes('events')
    const answer = await inject(
      (request, response) => {
        request.url = url
        it.app.routing(request, response)
      },
      {
        ...{
          method: method as 'GET',
          url: '/',
          headers,
          validate: false,
          payloadAsStream: endless,
        },
        ...(payload === undefined ? {} : { payload }),
      },
    )
    const { statusCode: status } = answer
    const type = String(answer.headers['content-type'])
    if (!endless) return { status, type, text: answer.payload }
    let text = ''
    if (!type.startsWith('text/event-stream'))
      for await (const chunk of answer.stream()) text += chunk
    else answer.raw.res.destroy()
    return { status, type, text }
  }

  return {
    world: { ...estate.ids, others },
    past: () => past,
    passedOn: () => passedOn,
    async fire(shot) {
      logged.length = 0
      const answer = await send(shot)
      const seen: Seen = { ...answer, changes: estate.changes(), logged }
      passedOn += heard.length
      const passed = heard.splice(0).map((one) => wronglyPassed(one, ours))
      const why = passed.find((one) => one !== undefined) ?? objection(shot, seen, secrets)
      await estate.restore()
      return { status: answer.status, why }
    },
  }
}
