"""The Lua scripts of the session lock: what must happen in one piece, in one round trip.

All take their keys from ``KEYS`` (Cluster) and read the clock of the server, so clients need not agree on time.
"""

import hashlib
from dataclasses import field

from chatbot.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Script:
    """A script's source and the SHA-1 by which ``EVALSHA`` calls it."""

    source: str
    sha: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha1(self.source.encode(), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "sha", digest)


ACQUIRE = Script("""
-- KEYS lock, session, queue, seen
-- ARGV token, lock ttl ms, ticket ('' at first), ms after which a silent waiter is dead, queue ttl ms, '1' = last try
-- → {1, payload or false} with the lock, or {0, ticket, waiters before me, the holder's token or false}
local lock, session, queue, seen, token = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1]

-- A lock is "token run": this run of the server, '' where it may not be asked. What a server that was killed, or a
-- replica that took over, brings back of a lock may have been given back since, so it is nobody's.
local told = redis.pcall('INFO', 'server')
local run = type(told) == 'string' and string.match(told, 'run_id:(%x+)') or ''

local function is_held()
  local holder = redis.call('GET', lock)
  if not holder or string.sub(holder, 1, #token) == token then return false end
  local before = string.match(holder, ' (%x+)$')
  return not before or run == '' or before == run
end

local function take()
  if is_held() then return nil end
  redis.call('SET', lock, token .. ' ' .. run, 'PX', ARGV[2])
  local payload = redis.pcall('GET', session)
  if type(payload) == 'table' then payload = '' end  -- another type stands there: unreadable, not an error
  return {1, payload}
end

if redis.call('EXISTS', queue) == 0 then
  local taken = take()
  if taken then return taken end
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ticket = ARGV[3]
if ticket == '' then
  local last = redis.call('ZRANGE', queue, -1, -1, 'WITHSCORES')
  ticket = string.format('%.0f', math.max(time[1] * 1000000 + time[2], (tonumber(last[2]) or 0) + 1))
end
redis.call('ZADD', queue, 'NX', ticket, token)
redis.call('HSET', seen, token, now)
redis.call('PEXPIRE', queue, ARGV[5])
redis.call('PEXPIRE', seen, ARGV[5])

local function leave(who)
  redis.call('ZREM', queue, who)
  redis.call('HDEL', seen, who)
end

local head = redis.call('ZRANGE', queue, 0, 0)[1]
while head ~= token and now - (tonumber(redis.call('HGET', seen, head)) or 0) > tonumber(ARGV[4]) do
  leave(head)
  head = redis.call('ZRANGE', queue, 0, 0)[1]
end
if head == token then
  local taken = take()
  if taken then
    leave(token)
    return taken
  end
end
local before = redis.call('ZRANK', queue, token)
if ARGV[6] == '1' then leave(token) end
return {0, ticket, before, redis.call('GET', lock)}
""")

COMMIT = Script("""
-- KEYS lock, session; ARGV token, payload, session ttl s → 1, or 0 when the lock is no longer ours
if string.sub(redis.call('GET', KEYS[1]) or '', 1, #ARGV[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
redis.call('DEL', KEYS[1])
return 1
""")

RELEASE = Script("""
-- KEYS lock; ARGV token → 1, or 0 when the lock was not ours
if string.sub(redis.call('GET', KEYS[1]) or '', 1, #ARGV[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
""")
