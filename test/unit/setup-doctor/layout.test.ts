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
    diagnosisLayout(diagnosis),
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

t.test('the marks are coloured where everything is', async (t) => {
  const esc = '\u001b'
  const { NO_COLOR, FORCE_COLOR, ...others } = process.env
  t.intercept(process, 'env', { value: { ...others, FORCE_COLOR: '1' } })
  t.ok(diagnosisLayout(diagnosis).includes(`${esc}[31mBROKEN ${esc}[39m`))
})
