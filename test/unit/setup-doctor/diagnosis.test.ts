import t from 'tap'
import {
  broken,
  type CheckName,
  checks,
  diagnose,
  type Finding,
  finding,
  ok,
  skipped,
  warning,
} from '../../../controller/doctor/index.ts'

const here = { sameMachine: true }
const bad = (check: CheckName, subject?: string) => finding(check, broken('bad', 'mend'), subject)

t.test('one cause gives one finding that is broken', async (t) => {
  const all = [bad('login'), bad('socket'), bad('controller'), bad('unit')]
  const { broken: count, checks: told } = diagnose(all, here)
  t.equal(count, 1)
  t.strictSame(
    told.map(({ check, status }) => `${check} ${status}`),
    ['unit broken', 'socket skipped', 'controller skipped', 'login skipped'],
    'in the order to read them',
  )
  t.match(told[2], { sentence: /follows from what is broken above \(unit\)/, fix: null })
})

t.test('a unit that cannot have its port is explained by whoever has it', async (t) => {
  const all = [bad('controller'), bad('unit'), bad('port'), bad('socket')]
  const { checks: told } = diagnose(all, here)
  t.strictSame(
    told.map(({ check, status }) => `${check} ${status}`),
    ['port broken', 'unit skipped', 'socket skipped', 'controller skipped'],
  )
})

t.test('causes that have nothing to do with each other are all told', async (t) => {
  t.equal(diagnose([bad('IPAM driver'), bad('unit'), bad('Scaleway')], here).broken, 3)
})

t.test('the unit that is here says nothing of a controller elsewhere', async (t) => {
  const all = [bad('unit'), bad('controller')]
  t.equal(diagnose(all, { sameMachine: false }).broken, 2)
  t.equal(diagnose(all, here).broken, 1)
})

t.test('what is wrong with one provider explains nothing about another', async (t) => {
  const { checks: told } = diagnose(
    [bad('permissions', 'provider 1'), bad('permissions', 'provider 2'), bad('key', 'provider 1')],
    here,
  )
  t.strictSame(
    told.map(({ check, subject, status }) => `${check} of ${subject}: ${status}`),
    [
      'key of provider 1: broken',
      'permissions of provider 1: skipped',
      'permissions of provider 2: broken',
    ],
  )
})

t.test('a warning explains nothing, and what is well stays so', async (t) => {
  const all = [finding('unit', warning('not enabled', 'enable it')), bad('controller')]
  t.match(diagnose(all, here), { broken: 1, warnings: 1 })
  const fine: Finding[] = [bad('unit'), finding('controller', ok('it answers'))]
  t.equal(diagnose(fine, here).checks[1]?.status, 'ok')
  t.match(diagnose([finding('unit', skipped('no systemd'))], here), { broken: 0, warnings: 0 })
})

t.test('every check needs only what stands before it', async (t) => {
  const names = checks.map(({ name }) => name as string)
  t.equal(new Set(names).size, names.length)
  for (const [index, { name, needs }] of checks.entries())
    for (const need of needs) t.ok(names.slice(0, index).includes(need), `${name} needs ${need}`)
})
