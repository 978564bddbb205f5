import t from 'tap'
import { verifyDriverFiles } from '../../../controller/assembly/driver-files.ts'

t.test('the plug-in is there, or what is missing is named', async (t) => {
  const whole = t.testdir({ whole: { elastic: { 'scaleway_vnm.rb': '' } }, bare: { elastic: {} } })
  await verifyDriverFiles(`${whole}/whole`)
  await t.rejects(verifyDriverFiles(`${whole}/bare`), {
    code: 'EDGE_DRIVER_FILES',
    message: `There is no plug-in in ${whole}/bare/elastic`,
  })
  await t.rejects(verifyDriverFiles(`${whole}/none`), {
    code: 'EDGE_DRIVER_FILES',
    sentence: /ENOENT/,
  })
})
