import { rmSync } from 'node:fs'
import t from 'tap'
import { broken, finding } from '../../../controller/doctor/index.ts'
import { basic, bench } from './support.ts'

const it = bench()
t.teardown(async () => {
  await it.app.close()
  rmSync(it.logDirectory, { recursive: true })
})
const url = '/api/v1/doctor'

t.test('administrators are told what the controller finds of itself', async (t) => {
  it.examination.findings = [finding('permissions', broken('it may not', 'let it'), 'provider 3')]
  const { statusCode, body } = await it.app.inject({ url, headers: basic() })
  t.equal(statusCode, 200)
  t.strictSame(JSON.parse(body), {
    version: '1.0.0',
    checks: [
      {
        ...{ check: 'permissions', subject: 'provider 3', status: 'broken' },
        ...{ sentence: 'it may not', fix: 'let it' },
      },
    ],
  })
})

t.test('nobody else is: it names every provider', async (t) => {
  t.equal((await it.app.inject({ url })).statusCode, 401)
  const { statusCode, body } = await it.app.inject({ url, headers: basic('bob:builder') })
  t.equal(statusCode, 403)
  t.match(JSON.parse(body), { err_code: 403, message: /bob may not examine.*Ask oneadmin/ })
})
