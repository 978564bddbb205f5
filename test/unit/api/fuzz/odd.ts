/** Names of members that have broken objects and databases. */
export const oddNames = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then'],
  ...['toJSON', '__defineGetter__', '', ' ', 'a.b', 'a/b', '~1', '$ref', '$where', '0', '-1', 'É'],
  ...['oneform_hosts', 'OneForm_Hosts', 'oneform_hosts ', 'name', 'engine', 'uuid', 'state', 'ID'],
  ...['proof', 'provider_id', 'dry_run', 'force', 'x'.repeat(300), '😀', '\u0000'],
] as const

/** Texts that have broken parsers, shells, terminals and people. */
export const oddTexts = [
  ...['', ' ', '\n', '\t', '\r\n', '\u0000', '\u0007', '\u001b[2J', '\u0085', '\u2028', '\ufeff'],
  ...['\ud800', '\udc00', '\ufffe', '\uffff', '‮gro', 'e\u0301', '😀'.repeat(40), 'ａ', 'ﬀ', 'İ'],
  ...[']]>', '<![CDATA[', '</NAME>', '<!DOCTYPE a [<!ENTITY b "c">]>&b;', '&lt;', '&#0;', '%00'],
  ...["' OR 1=1 --", '"; DROP TABLE', '$(reboot)', '`id`', '#{7*7}', '{{7*7}}', '%s%n', '%2e%2e'],
  ...['../../etc/passwd', '/dev/null', 'file:///etc/passwd', 'http://169.254.169.254/', '\\\\x\\y'],
  ...[
    'null',
    'undefined',
    'true',
    'NaN',
    '[object Object]',
    '__proto__',
    'constructor',
    'toString',
  ],
  ...['0', '-1', '+1', '007', '1e3', '0x10', '1.5', '٣', '９', '2147483648', '9'.repeat(400)],
  ...['x'.repeat(127), 'x'.repeat(129), 'y'.repeat(4_096), 'z'.repeat(4_097), '__redacted__'],
  ...['a@b', 'a:b', 'a=b', 'key="v"\nX = [ Y = 1 ]', '#', '--force', '-rf', '*', '?', '.'],
] as const

export const oddNumbers = [
  ...[0, -0, -1, 1, 2, 0.5, 1e3, 1e308, 5e-324, -1e308, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, 2 ** 53],
  ...[2 ** 53 + 2, 999_999_999, 1_000_000_000, 1_000, 1_001, Number.MAX_SAFE_INTEGER, 1.0000001],
] as const

/** Blocks that are none, or that touch what is taken. */
export const oddBlocks = [
  ...['10.0.0.0/99', '10.180.0.1/22', '0.0.0.0/0', '10.0.0.0/8', '192.168.0.0/15', '100.64.0.0/16'],
  ...['::/0', 'fd00::/64', '10.180.0.0', '10.180.0.0/', '10.180.0.0/-1', '1e1.0.0.0/16', '/16'],
  ...['010.180.0.0/22', '256.1.1.1/16', '10.180.0.0/22\n', '10.184.0.0/24', '172.17.0.0/16'],
] as const
