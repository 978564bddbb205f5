import { rmSync } from 'node:fs'
import type { Test } from 'tap'
import { type Bench, basic, bench } from './support.ts'

export const connection = {
  access_key: 'SCWXXXXXXXXXXXXXXXXX',
  secret_key: '11111111-1111-4111-8111-111111111111',
  project_id: '22222222-2222-4222-8222-222222222222',
  region: 'fr-par',
  zone: 'fr-par-2',
}
export const newProvider = { driver: 'scaleway', name: 'scw', connection_values: connection }

export interface DocumentAnswer {
  DOCUMENT: { ID: string; TEMPLATE: Record<string, Record<string, unknown>> }
}

interface Opening extends NonNullable<Parameters<typeof bench>[0]> {
  /** Answers may differ from what is described of them. */
  readonly unnoticed?: boolean
}

/** The API until the test has ended; each of its answers must have been as its route is described. */
export function open(t: Test, { unnoticed = false, ...options }: Opening = {}): Bench {
  const it = bench(options)
  t.teardown(async () => {
    await it.app.close()
    rmSync(it.logDirectory, { recursive: true })
    if (!unnoticed && it.differences.length > 0) throw new Error(it.differences.join('\n'))
  })
  return it
}

export async function call({ app }: Bench, request: string, body?: unknown, session?: string) {
  const [method, url = '/'] = request.split(' ')
  const payload = typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await app.inject({
    method: method as 'GET',
    url,
    headers: { ...basic(session), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { payload }),
  })
  const type = String(answer.headers['content-type'])
  return { status: answer.statusCode, text: answer.body, type }
}

export async function makeProvider(it: Bench, session?: string): Promise<number> {
  const { text } = await call(it, 'POST /api/v1/providers', newProvider, session)
  return Number((JSON.parse(text) as DocumentAnswer).DOCUMENT.ID)
}

export async function makeProvision(it: Bench, session?: string): Promise<number> {
  const request = { driver: 'scaleway', provider_id: await makeProvider(it, session) }
  const { text } = await call(it, 'POST /api/v1/provisions', request, session)
  return Number((JSON.parse(text) as DocumentAnswer).DOCUMENT.ID)
}
