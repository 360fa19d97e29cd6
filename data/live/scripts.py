"""What runs inside Redis: one script writes a commit's changes and puts them on the stream."""

from typing import Final

#: KEYS: epoch, stream, open alarms, status bytes, deadlines, newest reading, recent alarms; the
#: version of each incident; the hash and the ring of each device.
#: ARGV: entries kept on the stream (0: say nothing), Unix ms, number of alarms and incidents, time
#: of the newest reading ("" = none), the oldest time that is recent, pattern of channels; then of
#: each alarm id, version, JSON, 1 if closed, time of receipt; of each incident version, JSON; of
#: each device version, slot, status, since, measured_at, received_at, values, deadline ("" = none),
#: id, and of its ring offset, slot, size ("" = none).
#:
#: A write older than what is there is dropped. Everything that was news becomes one entry, so that
#: no reader sees an alarm without its device's status; its id is the epoch's number and the next
#: whole number, so that every reader notices a gap. Without an epoch nothing is live, and the
#: rebuild announces itself. Returns how many alarms, incidents and statuses were news, and which
#: channels somebody watches. The version of an incident is kept an hour: the worker repeats within
#: seconds what a commit noted.
TELL: Final = """
local said, worked, changed, arg = {}, {}, {}, 8
local incidents = tonumber(ARGV[4])
if ARGV[5] ~= '' then redis.call('SET', KEYS[6], ARGV[5]) end
for _ = 1, tonumber(ARGV[3]) do
  local id, version, json, closed = ARGV[arg], tonumber(ARGV[arg + 1]), ARGV[arg + 2], ARGV[arg + 3]
  local known = redis.call('HGET', KEYS[3], id)
  local news = closed == '0'
  if known then news = cjson.decode(known)['version'] < version end
  if news then
    if closed == '1' then redis.call('HDEL', KEYS[3], id)
    else redis.call('HSET', KEYS[3], id, json) end
    said[#said + 1] = json
  end
  if tonumber(ARGV[arg + 4]) >= tonumber(ARGV[6]) then
    redis.call('ZADD', KEYS[7], ARGV[arg + 4], id)
  end
  arg = arg + 5
end
if ARGV[3] ~= '0' then redis.call('ZREMRANGEBYSCORE', KEYS[7], '-inf', ARGV[6]) end
for i = 8, 7 + incidents do
  local version, json = ARGV[arg], ARGV[arg + 1]
  if tonumber(redis.call('GET', KEYS[i]) or -1) < tonumber(version) then
    redis.call('SET', KEYS[i], version, 'EX', 3600)
    worked[#worked + 1] = json
  end
  arg = arg + 2
end
for i = 8 + incidents, #KEYS, 2 do
  local version, slot, status = ARGV[arg], ARGV[arg + 1], ARGV[arg + 2]
  local known = redis.call('HGET', KEYS[i], 'version')
  if not known or tonumber(known) <= tonumber(version) then
    redis.call('HSET', KEYS[i], 'version', version, 'status', status, 'since', ARGV[arg + 3],
               'measured_at', ARGV[arg + 4], 'received_at', ARGV[arg + 5], 'values', ARGV[arg + 6])
    if ARGV[arg + 7] == '' then redis.call('ZREM', KEYS[5], ARGV[arg + 8])
    else redis.call('ZADD', KEYS[5], ARGV[arg + 7], ARGV[arg + 8]) end
    local after = string.char(tonumber(status))
    if redis.call('GETRANGE', KEYS[4], slot, slot) ~= after then
      redis.call('SETRANGE', KEYS[4], slot, after)
      changed[#changed + 1] = '[' .. slot .. ',' .. status .. ']'
    end
    local at, written, size = ARGV[arg + 9], ARGV[arg + 10], tonumber(ARGV[arg + 11])
    if size and redis.call('SETRANGE', KEYS[i + 1], at, written) ~= size then
      local none = string.char(255)
      redis.call('SET', KEYS[i + 1],
                 none:rep(at) .. written .. none:rep(size - at - #written))
    end
  end
  arg = arg + 12
end
local news = #said + #worked + #changed
local epoch = ARGV[1] ~= '0' and news > 0 and redis.call('GET', KEYS[1])
if epoch then
  local number = string.match(cjson.decode(epoch)['first'], '^%d+')
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[1], number .. '-*', 'e', 'changes', 'd',
             '{"at":' .. ARGV[2] .. ',"a":[' .. table.concat(said, ',') ..
             '],"i":[' .. table.concat(worked, ',') ..
             '],"c":[' .. table.concat(changed, ',') .. ']}')
end
return {news, redis.call('PUBSUB', 'CHANNELS', ARGV[7])}
"""
