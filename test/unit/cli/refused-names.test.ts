import t from 'tap'
import { makeProvider, makeProvision } from '../api/calls.ts'
import { shell } from './support.ts'

t.setTimeout(300_000)

t.test('no command gives a name that reads like ids, wherever it stands', async (t) => {
  const it = await shell(t)
  const [provider, provision] = [await makeProvider(it), await makeProvision(it)]
  const before = structuredClone(it.one.stored)
  it.asked.length = 0
  const keys = '--access-key SCWXXXXXXXXXXXXXXXXX --project-id 22222222-2222-4222-8222-222222222222'
  const env = {
    ...{ ONEFORM_URL: it.url, ONEFORM_USER: 'oneadmin', ONEFORM_PASSWORD: 'opennebula' },
    SCW_SECRET_KEY: '11111111-1111-4111-8111-111111111111',
  }
  const create = `provision create scaleway --provider-id ${provider} --no-wait`
  const commands: [string, string?][] = [
    [`provider create scaleway --name 12 --zone fr-par-2 ${keys}`],
    [`provider create scaleway - --zone fr-par-2 ${keys}`, '{"name": "7..9"}'],
    [`provider rename ${provider} 12`],
    [`provider update ${provider} --name 7,8`],
    [`provider update ${provider} -`, '{"name": "12"}'],
    [`${create} --name 12`],
    [`${create} -`, '{"name": "7,8"}'],
    [`provision rename ${provision} 7..9`],
    [`provision update ${provision} --name 12`],
    [`provision update ${provision} -`, '{"name": "12"}'],
  ]
  await Promise.all(
    commands.map(async ([command, stdin]) => {
      const outcome = await it.edgectl(command, { env, ...(stdin === undefined ? {} : { stdin }) })
      const stderr =
        /^"[\d.,]+" reads like ids; give the (provider|provision) a name with a letter\n$/
      t.match(outcome, { code: 2, stdout: '', stderr }, command)
    }),
  )
  t.strictSame(it.one.stored, before)
  t.strictSame(it.asked, [])
})
