-- Takes slots of one bucket, by Redis' own clock. What is kept is the moment at which the bucket is full again (GCRA).
--
-- KEYS: 1 the bucket, 2 until when it is paused, 3 the epoch.
-- ARGV: 1 seconds for one more, 2 burst, 3 how many slots, 4 seconds that a slot may lie ahead, 5 the id of this run
-- of Redis, 6 how many were used of late, where the bucket is not known ('ask': say so; 'all': count it as empty).
-- Returns strings of microseconds from now: each slot that was taken; or 'wait' and the time until one can be had;
-- or 'unknown'.
--
-- A Redis that lost its memory must not grant a burst a second time. For as long as a bucket takes to fill, after the
-- epoch (the moment at which this run began to count), one that is not known may have been used before.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local every, burst = tonumber(ARGV[1]) * 1000000, tonumber(ARGV[2])
local wanted, ahead = tonumber(ARGV[3]), tonumber(ARGV[4]) * 1000000

local epoch = redis.call('HMGET', KEYS[3], 'run', 'at')
local began = tonumber(epoch[2] or nil)
if epoch[1] ~= ARGV[5] or not began then
    began = now
    redis.call('HSET', KEYS[3], 'run', ARGV[5], 'at', string.format('%.0f', began))
end

-- What was kept by an earlier run, and restored from its file, may be old.
local full = tonumber(redis.call('GET', KEYS[1]) or '0')
local empty = began + burst * every
if ARGV[6] == 'all' then
    full = math.max(full, empty)
elseif full < began and now < empty then
    if ARGV[6] == 'ask' then
        return {'unknown'}
    end
    full = now + math.min(tonumber(ARGV[6]), burst) * every
end
local resumes = tonumber(redis.call('GET', KEYS[2]) or '0')
local soonest = math.max(now, resumes)
local slots = {}
while #slots < wanted do
    local slot = math.max(full - (burst - 1) * every, soonest)
    if slot - now > ahead then
        if #slots == 0 then
            return {'wait', string.format('%.0f', slot - now)}
        end
        break
    end
    slots[#slots + 1] = string.format('%.0f', slot - now)
    full = math.max(full, slot) + every
end
local lives = math.max(1000, (full - now) / 1000 + 1000)
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', string.format('%.0f', lives))
return slots
