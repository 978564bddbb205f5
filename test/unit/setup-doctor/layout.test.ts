import t from 'tap'
import { diagnosisLayout } from '../../../controller/cli/doctor/layout.ts'
import { broken, diagnose, finding, ok, warning } from '../../../controller/doctor/index.ts'

const diagnosis = diagnose(
  [
    finding('unit', ok('it runs')),
    finding('key', warning('it ends soon', 'prolong it'), 'provider 3'),
    finding('permissions', broken('it may not\u001b[2J', 'let it'), 'provider 4'),
  ],
  { sameMachine: true },
)

t.test('a line for each finding, what to do below it, and a sum', async (t) => {
  t.equal(
    diagnosisLayout(diagnosis, false),
    [
      'ok       unit                       it runs',
      'warning  key of provider 3          it ends soon',
      '                                    → prolong it',
      'BROKEN   permissions of provider 4  it may not [2J',
      '                                    → let it',
      '',
      '3 checks, 1 broken, 1 warning',
    ].join('\n'),
  )
})

t.test('on a terminal the marks are coloured', async (t) => {
  const esc = '\u001b'
  t.ok(diagnosisLayout(diagnosis, true).includes(`${esc}[31mBROKEN ${esc}[39m`))
})
