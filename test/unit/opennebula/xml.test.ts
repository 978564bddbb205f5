import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import {
  allAt,
  integerAt,
  parseXml,
  renderTemplate,
  scalarOf,
  templateFrom,
  textAt,
  vectorOf,
  vectorsOf,
} from '../../../lib/opennebula/index.ts'

const recorded = new URL('../../recorded/', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, recorded), 'utf8')

t.test('every recorded message is read', async (t) => {
  const folders = ['xmlrpc/', 'ipam/', 'vnm/']
  const files = folders.flatMap((folder) =>
    readdirSync(new URL(folder, recorded))
      .filter((name) => name.endsWith('.xml'))
      .map((name) => folder + name),
  )
  t.ok(files.length > 150, `${files.length} recordings`)
  const contents = files.map(read).filter((text) => text.trim() !== '')
  for (const text of contents) {
    const root = parseXml(text)
    const inner = allAt(root, 'params', 'param', 'value', 'array', 'data', 'value', 'string')[0]
    if (inner?.text.startsWith('<')) parseXml(inner.text)
  }
})

t.test('a driver message has each NIC in a TEMPLATE of its own, and all are found', async (t) => {
  const vm = parseXml(read('vnm/005-elastic-post.xml'))
  const nics = allAt(vm, 'TEMPLATE', 'NIC')
  t.same(
    nics.map((nic) => textAt(nic, 'TARGET')),
    ['one-7-0', 'one-7-1'],
  )
  t.equal(textAt(vm, 'HISTORY_RECORDS', 'HISTORY', 'HOSTNAME'), 'h1')
  t.equal(integerAt(vm, ['HISTORY_RECORDS', 'HISTORY', 'DS_ID'], -1), 100)
  t.equal(textAt(vm, 'DEPLOY_ID'), undefined, 'an empty element counts as absent')
  const template = templateFrom(allAt(vm, 'TEMPLATE'))
  t.equal(vectorsOf(template, 'NIC').length, 2)
  t.equal(vectorsOf(template, 'SECURITY_GROUP_RULE').length, 2)
  t.equal(vectorOf(template, 'CONTEXT')?.ETH0_IP, '172.16.0.66')
  t.equal(scalarOf(template, 'NOT_THERE'), undefined)
})

t.test('malformed XML is a SyntaxError that says where', async (t) => {
  t.throws(() => parseXml('<VM><ID>7</VM>'), {
    name: 'SyntaxError',
    message: /unexpected close tag/,
  })
  t.throws(() => parseXml(''), SyntaxError)
})

t.test('template text is what OpenNebula’s own clients send', async (t) => {
  const rendered = renderTemplate({
    NAME: 'xcap-public',
    VN_MAD: 'elastic',
    BRIDGE: 'br0',
    AR: { TYPE: 'IP4', SIZE: 1, IPAM_MAD: 'scaleway', PROVISION_ID: '42', LATER: undefined },
    ONEFORM: { PROVISION_ID: '42' },
    LATER: undefined,
  })
  const sent = parseXml(read('xmlrpc/one.vn.allocate-request.xml'))
  t.equal(rendered, allAt(sent, 'params', 'param', 'value', 'string')[1]?.text)
})

t.test('quotes, backslashes, booleans and repeated attributes are rendered', async (t) => {
  t.equal(
    renderTemplate({ A: 'say "hi" \\ now', B: true, C: false }),
    'A = "say \\"hi\\" \\ now"\nB = "YES"\nC = "NO"\n',
  )
  t.equal(
    renderTemplate({ NIC: [{ A: 1 }, { A: 2 }] }),
    'NIC = [\nA = "1"\n]\nNIC = [\nA = "2"\n]\n',
  )
  t.throws(() => renderTemplate({ 'A = "x"\nB': 'y' }), /no template attribute name/)
  for (const value of ['ends with \\', 'holds ]]> somewhere', 'a\0b']) {
    t.throws(() => renderTemplate({ A: value }), /cannot read back/, value)
  }
})
