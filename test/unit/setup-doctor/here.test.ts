import t from 'tap'
import { found } from '../../../controller/cli/doctor/here.ts'
import { ok } from '../../../controller/doctor/index.ts'

const errno = (code: string) =>
  Object.assign(new Error(`${code}: no`), { code, path: '/etc/one/oned.conf' })

t.test('what a user may not look at is skipped, and who may is named', async (t) => {
  for (const code of ['EACCES', 'EPERM']) {
    const finding = await found('IPAM_MAD', async () => {
      throw errno(code)
    })
    t.match(finding, {
      ...{ check: 'IPAM_MAD', status: 'skipped', fix: /as root or oneadmin/ },
      sentence: '/etc/one/oned.conf may not be looked at by this user',
    })
  }
})

t.test('anything else that is thrown is broken, and what is well is told', async (t) => {
  const thrown = await found('IPAM_MAD', () => {
    throw errno('EIO')
  })
  t.match(thrown, { status: 'broken', sentence: /EIO/ })
  t.match(await found('IPAM_MAD', () => ok('fine')), { status: 'ok', sentence: 'fine' })
})
