# frozen_string_literal: true

# A register_address_range and a get_address made the way of OpenNebula's own drivers: Ruby, Nokogiri,
# Net::HTTP, one request to OneForm for the provision, one for its provider's key, one to Scaleway for the
# address. Without Nokogiri it uses REXML, and says so on the error stream.
#   incumbent.rb register|get BASE_URL <base64

require 'base64'
require 'ipaddr'
require 'json'
# What OneForm's client loads besides (cloud/CloudClient.rb in OpenNebula). Its own files, the seventy of
# `opennebula` and gems are not here, so a real driver takes longer.
require 'digest/sha1'
require 'net/https'
require 'rexml/document'
require 'rexml/formatters/pretty'
require 'uri'

begin
    require 'nokogiri'
rescue LoadError
    warn 'REXML'
end

def text_at(xml, path)
    return Nokogiri::XML(xml).at_xpath(path)&.text if defined?(Nokogiri)

    REXML::XPath.first(REXML::Document.new(xml), path)&.text
end

def ask(method, url, body = nil)
    uri = URI(url)
    request = method.new(uri)
    request['Content-Type'] = 'application/json'
    request['X-Auth-Token'] = 'token'
    request.basic_auth('oneadmin', 'password') unless body
    request.body = JSON.generate(body) if body
    response = Net::HTTP.start(uri.hostname, uri.port) {|http| http.request(request) }
    raise response.message unless response.is_a?(Net::HTTPSuccess)

    JSON.parse(response.body)
end

action, base = ARGV
xml = Base64.decode64($stdin.read)

if action == 'get'
    puts "ADDRESS = [ IP = \"#{text_at(xml, '//AR/IP')}\", SIZE = 1 ]"
    exit 0
end

id        = text_at(xml, '//AR/PROVISION_ID')
provision = ask(Net::HTTP::Get, "#{base}/api/v1/provisions/#{id}")
body      = provision['DOCUMENT']['TEMPLATE']['PROVISION_BODY']
provider  = ask(Net::HTTP::Get,
                "#{base}/api/v1/providers/#{body['provider_id']}?include_sensitive=true")
zone      = provider['DOCUMENT']['TEMPLATE']['PROVIDER_BODY']['connection']['zone']
fip       = ask(Net::HTTP::Post, "#{base}/flexible-ip/v1alpha1/zones/#{zone}/fips",
                'description' => "provision_#{id}", 'is_ipv6' => false, 'tags' => ["PROVISION_ID=#{id}"])

external = fip['ip_address']
block    = IPAddr.new('172.16.0.0').to_i | (Digest::MD5.hexdigest(external).to_i(16) & 0xffffe)
private  = IPAddr.new(block, Socket::AF_INET)
gateway  = IPAddr.new(block ^ 1, Socket::AF_INET)

puts <<~AR
    AR = [
        TYPE = "IP4",
        IP   = "#{private}",
        SIZE = "1",
        IPAM_MAD = "scaleway",
        GATEWAY  = "#{gateway}",
        EXTERNAL_IP  = "#{external}",
        NETWORK_MASK = "255.255.255.254",
        SCALEWAY_IP_ID = "#{fip['id']}",
        PROVISION_ID   = "#{id}"
    ]
AR
