/** Names and values that have broken parsers, ours and others'. */
export const oddNames = [
  ...['IP', 'SIZE', 'TYPE', 'AR', 'ADDRESS', 'PROVISION_ID', 'IPAM_MAD', 'EXTERNAL_IP', 'MAC'],
  ...['SCALEWAY_IP_TYPE', 'EDGE_KEY', 'USED_LEASES', 'API_TOKEN', 'SHARED', 'ip', 'size'],
  ...['__proto__', 'constructor', 'toString', 'a-b', 'a.b', 'a:b', 'É', '名', '_', 'x'.repeat(300)],
  ...['IPAM_DRIVER_ACTION_DATA', 'VNET', 'ID', 'LEASES', 'ALLOCATED'],
] as const

export const oddValues = [
  ...['', ' ', '\n', '0', '1', '-1', '+1', '2', '007', '1.0', '1e3', '0x10', 'NaN', 'null', '١'],
  ...['2147483648', '18446744073709551616', '9'.repeat(400), ' 1', '1\n', '1\u00a0'],
  ...['0.0.0.0', '255.255.255.255', '256.0.0.1', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.4/32'],
  ...['::1', '2001:db8::/64', '100.64.0.2', '100.64.0.2 ', '100.64.0.2\n100.64.0.3', '1.2.3.４'],
  ...['ipv6', 'IPv4', 'IP6', 'ETHER', 'YES', 'scaleway', 'dummy', 'ERROR: x', 'INFO: a\nERROR: b'],
  ...['"', '\\', '\\"', 'a\\', '"]\nAR = [ IP = "6.6.6.6" ]', ',\nIP = "6.6.6.6"', '# no', '=[],'],
  ...[']]>', ']]]]><![CDATA[>', '<IP>6.6.6.6</IP>', '<![CDATA[x', '&amp;', '&', '&#0;', '&x;'],
  ...['\u0001', '\u007f', '\u0085', '\u2028', '\ud800', '\ufeff', '\ufffe', '‮evil', '😀'.repeat(9)],
  ...['x'.repeat(2_000), 'secret-token-1'],
] as const

export const oddTexts = [
  ...['&amp;', '&lt;', '&#65;', '&#x41;', '&#0;', '&#xd800;', '&#1114112;', '&none;', '&', '&&'],
  ...[
    '<![CDATA[',
    ']]>',
    '<![CDATA[]]>',
    '<![CDATA[<![CDATA[x]]>',
    ']]]]>',
    '<!--',
    '-->',
    '<!-- -->',
  ],
  ...['<?xml version="1.0"?>', '<?x y?>', '<?', '<', '>', '</', '/>', '<a', '<a>', '</a>', '<a/>'],
  ...['<a b="c">', ' b="1" b="2"', '<!DOCTYPE a [<!ENTITY x "y">]>', '\u0000', '\u000b', '\ufeff'],
  ...['\r', '\r\n', '\n', '\t', ' ', '\ud800', '😀', 'é'],
] as const

/** Nine levels of ten: a thousand million where entities are expanded. */
export const laughs = [
  '<!DOCTYPE l [<!ENTITY l0 "lol">',
  ...Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`),
  ']>',
].join('')
