-- All limits live here, and so does the only clock: that of the server, in microseconds.
--
-- A number is a hash: tat (when the next message may go), ceiling (messages per second, as
-- learned), slow and since (the speed after a refusal, and when that was), paused (nothing goes
-- before). A pair is the time at which all that was borrowed is paid back. An account is a hash:
-- tat, blocked, share (of its quota, after Meta has warned).
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local op = ARGV[1]
local second, day = 1000000, 86400000000

local function put(key, ...)
  local values = {...}
  for i = 2, #values, 2 do values[i] = string.format('%.3f', values[i]) end
  redis.call('HSET', key, unpack(values))
  redis.call('PEXPIRE', key, 7 * day / 1000)
end

local function read(key, ...)
  local values = redis.call('HMGET', key, ...)
  for i = 1, #values do values[i] = tonumber(values[i] or nil) or 0 end
  return unpack(values)
end

local interval, burst = tonumber(ARGV[2]), tonumber(ARGV[3]) -- of pairs
local part = tonumber(ARGV[4]) -- of each limit that is shared here

-- The speed of a number: its limit less what is kept free, or after a refusal what was left,
-- plus a twentieth of the limit for each ten seconds since.
local function pace(key, standard, reserve)
  local ceiling, slow, since = read(key, 'ceiling', 'slow', 'since')
  if ceiling <= 0 then ceiling = standard end
  local full = math.max(ceiling - reserve, 1) * part
  if slow > 0 then
    local passed = math.max(now - since, 0) -- the clock may have been set back, or be another server's
    return math.min(full, slow + math.floor(passed / (10 * second)) * 0.05 * full), full
  end
  return full, full
end

local function owed(key)
  return math.max(tonumber(redis.call('GET', key) or 0) or 0, now)
end

local function owe(key, at)
  if at <= now then
    redis.call('DEL', key)
  else
    redis.call('SET', key, string.format('%.0f', at), 'PX', math.ceil((at - now) / 1000) + 1)
  end
end

-- received is when the next message may go after so many have come in, which nobody asked for. More
-- than ten seconds' worth is not believed. Nor is a number that is further ahead than twelve: the clock
-- was set back.
local function received(tat, messages, step)
  tat = math.min(math.max(tat, now), now + 12 * second)
  return math.min(tat + math.max(messages, 0) * step, math.max(tat, now + 10 * second))
end

-- take: KEYS number, pairs of those who wait, pairs to be corrected.
-- ARGV 5 throughput, 6 reserve, 7 horizon, 8 messages of the number that nobody asked for, 9 how many wait, 10 the limit that the
-- process has learned, 0 for none; for each of those who wait the longest wait; for each other pair how many of its messages did
-- not go after all.
if op == 'take' then
  local key, horizon, waiting, learned = KEYS[1], tonumber(ARGV[7]), tonumber(ARGV[9]), tonumber(ARGV[10])
  if learned > 0 and read(key, 'ceiling') <= 0 then put(key, 'ceiling', learned) end
  local step = second / pace(key, tonumber(ARGV[5]), tonumber(ARGV[6]))
  local tat, paused = read(key, 'tat', 'paused')
  tat = received(tat, tonumber(ARGV[8]), step)
  for i = waiting + 2, #KEYS do
    owe(KEYS[i], owed(KEYS[i]) - tonumber(ARGV[9 + i]) * interval)
  end
  local out = {}
  for i = 1, waiting do
    local slot = math.max(tat, paused)
    local wait, most = slot - now, tonumber(ARGV[10 + i])
    local pair = KEYS[i + 1]
    local debt = 0
    if pair ~= key then debt = math.max(owed(pair), slot) + interval - slot - burst * interval end
    if debt > 0 then -- it may go once that much is paid back
      out[i] = {'pair', math.ceil(wait + debt)}
    elseif wait > horizon or wait > most then
      out[i] = {'number', math.ceil(wait)}
    else
      if pair ~= key then owe(pair, math.max(owed(pair), slot) + interval) end
      tat = slot + step
      out[i] = {'go', math.ceil(wait)}
    end
  end
  put(key, 'tat', tat)
  return out
end

-- observe: KEYS number, and its pair if that was refused.
-- ARGV 5 throughput, 6 reserve, 7 limit learned, 8 pause after a refusal of the number, 9 of the pair, 10 messages
-- of the number that nobody asked for; 0 for none.
if op == 'observe' then
  local key, learned, pause, pairPause = KEYS[1], tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
  if learned > 0 and read(key, 'ceiling') ~= learned then
    put(key, 'ceiling', learned, 'slow', 0)
  end
  if tonumber(ARGV[10]) > 0 then
    local step = second / pace(key, tonumber(ARGV[5]), tonumber(ARGV[6]))
    put(key, 'tat', received(read(key, 'tat'), tonumber(ARGV[10]), step))
  end
  if pause > 0 then
    local paused = read(key, 'paused')
    if now > paused then -- refusals of messages that were on their way together count once
      put(key, 'slow', math.max(pace(key, tonumber(ARGV[5]), tonumber(ARGV[6])) * 0.7, 1), 'since', now)
    end
    put(key, 'paused', math.max(paused, now + pause))
  end
  if pairPause > 0 then
    owe(KEYS[2], math.max(owed(KEYS[2]), now + pairPause + (burst - 1) * interval))
  end
  return {}
end

-- account: KEYS account. ARGV 5 calls per hour, 6 whether they count.
if op == 'account' then
  local tat, blocked, share = read(KEYS[1], 'tat', 'blocked', 'share')
  if blocked > now then return blocked - now end
  if ARGV[6] ~= '1' then return 0 end
  local hourly = tonumber(ARGV[5])
  local step = 3600 * second / (0.9 * part * hourly)
  local saved = math.max(hourly / 20, 1) * step
  if share > 0 then step = step / share end
  tat = math.min(math.max(tat, now), now + saved + step) -- it cannot be more, unless the clock was set back
  local wait = tat - now - math.max(saved - step, 0)
  if wait > 0 then return math.ceil(wait) end
  put(KEYS[1], 'tat', tat + step)
  return 0
end

-- warn: KEYS account. ARGV 5 how long to block, 6 the share of the quota, in percent, that may be used still; 0 for neither.
local block, share = tonumber(ARGV[5]), tonumber(ARGV[6])
if block > 0 then put(KEYS[1], 'blocked', math.max(read(KEYS[1], 'blocked'), now + block)) end
if share > 0 then put(KEYS[1], 'share', share / 100) end
return 0
